/*
 * Secrets, encrypted at rest.
 *
 * The root key lies in `vault.key` beside the data directory (64 hex digits), never in the database: a dump
 * or a copied heap is useless without it. The path comes from `data_directory`, which nobody can set in a
 * session, as they could a setting of our own. Each secret is AES-256-CBC with its own nonce,
 * then authenticated with HMAC-SHA-256 over the row's id and nonce as well, so that a ciphertext moved to
 * another row is refused. pgcrypto has no AEAD of its own.
 */

\echo Use "create extension supabase_vault" to load this file. \quit

-- 32 bytes for one purpose, derived from the root key. Nobody but the owner may call it.
create function @extschema@._derived_key(purpose text) returns bytea
language plpgsql stable
set search_path = ''
as $$
declare
  v_root text := btrim(pg_read_file(current_setting('data_directory') || '/../vault.key'), E' \n');
begin
  -- decode() would quote the offending characters of the key.
  if v_root !~ '^[0-9a-fA-F]{64}$' then
    raise invalid_parameter_value using message = 'The vault''s root key is not 64 hex digits.';
  end if;
  return @extschema:pgcrypto@.hmac(convert_to(purpose, 'UTF8'), decode(v_root, 'hex'), 'sha256');
end
$$;

-- The HMAC over everything that must belong together. Lengths precede the parts, so that no two
-- different inputs make the same bytes.
create function @extschema@._tag(additional bytea, context bytea, nonce bytea, ciphertext bytea)
returns bytea
language sql stable
set search_path = ''
as $$
  select @extschema:pgcrypto@.hmac(
    int8send(length(additional)) || additional || int8send(length(context)) || context
      || int8send(length(nonce)) || nonce || ciphertext,
    @extschema@._derived_key('authenticate'), 'sha256'
  )
$$;

create function @extschema@._crypto_aead_det_noncegen() returns bytea
language sql volatile
set search_path = ''
as $$
  select @extschema:pgcrypto@.gen_random_bytes(16)
$$;

-- Tag (32 bytes) and ciphertext. `key_id` is there for the signature: there is one root key.
create function @extschema@._crypto_aead_det_encrypt(
  message bytea, additional bytea, key_id bigint, context bytea default 'pgsodium', nonce bytea default null
) returns bytea
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_ciphertext bytea :=
    @extschema:pgcrypto@.encrypt_iv(message, @extschema@._derived_key('encrypt'), nonce, 'aes-cbc/pad:pkcs');
begin
  return @extschema@._tag(additional, context, nonce, v_ciphertext) || v_ciphertext;
end
$$;

-- Definer: reads the root key for postgres and service_role, which may read secrets and not the key.
create function @extschema@._crypto_aead_det_decrypt(
  message bytea, additional bytea, key_id bigint, context bytea default 'pgsodium', nonce bytea default null
) returns bytea
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_ciphertext bytea := substr(message, 33);
  -- Compared as digests of a random key: the time that takes tells nothing about the tag.
  v_blind bytea := @extschema:pgcrypto@.gen_random_bytes(32);
begin
  if @extschema:pgcrypto@.hmac(substr(message, 1, 32), v_blind, 'sha256')
    is distinct from
    @extschema:pgcrypto@.hmac(@extschema@._tag(additional, context, nonce, v_ciphertext), v_blind, 'sha256')
  then
    raise data_exception using message = 'pgsodium_crypto_aead_det_decrypt_by_id: invalid ciphertext';
  end if;
  return @extschema:pgcrypto@.decrypt_iv(
    v_ciphertext, @extschema@._derived_key('encrypt'), nonce, 'aes-cbc/pad:pkcs'
  );
end
$$;

create table @extschema@.secrets (
  id uuid primary key default gen_random_uuid(),
  name text,
  description text not null default '',
  secret text not null,
  key_id uuid,
  nonce bytea default @extschema@._crypto_aead_det_noncegen(),
  created_at timestamptz not null default current_timestamp,
  updated_at timestamptz not null default current_timestamp
);

comment on table @extschema@.secrets is
  'Table with encrypted `secret` column for storing sensitive information on disk.';

create unique index secrets_name_idx on @extschema@.secrets (name) where name is not null;

select pg_catalog.pg_extension_config_dump('@extschema@.secrets', '');

create view @extschema@.decrypted_secrets as
select s.id, s.name, s.description, s.secret,
  convert_from(
    @extschema@._crypto_aead_det_decrypt(
      message := decode(s.secret, 'base64'),
      additional := convert_to(s.id::text, 'UTF8'),
      key_id := 0,
      context := 'pgsodium'::bytea,
      nonce := s.nonce
    ), 'UTF8'
  ) as decrypted_secret,
  s.key_id, s.nonce, s.created_at, s.updated_at
from @extschema@.secrets s;

-- Encrypts and stores a secret; returns its id. `new_key_id` is unused, as on Supabase.
-- Definer: nobody may write the table. The row is written once, encrypted: an insert of the plain text and
-- an update would leave it in the heap.
create function @extschema@.create_secret(
  new_secret text, new_name text default null, new_description text default '', new_key_id uuid default null
) returns uuid
language plpgsql security definer
set search_path = ''
as $$
declare
  v_id uuid := gen_random_uuid();
  v_nonce bytea := @extschema@._crypto_aead_det_noncegen();
begin
  insert into @extschema@.secrets (id, name, description, nonce, secret)
  values (
    v_id, new_name, new_description, v_nonce,
    encode(
      @extschema@._crypto_aead_det_encrypt(
        message := convert_to(new_secret, 'UTF8'),
        additional := convert_to(v_id::text, 'UTF8'),
        key_id := 0,
        context := 'pgsodium'::bytea,
        nonce := v_nonce
      ), 'base64'
    )
  );
  return v_id;
end
$$;

-- Changes what is given of a secret; null keeps what stands.
create function @extschema@.update_secret(
  secret_id uuid, new_secret text default null, new_name text default null,
  new_description text default null, new_key_id uuid default null
) returns void
language plpgsql security definer
set search_path = ''
as $$
declare
  -- A nonce of its own for each text: CBC with a used one shows whether the beginnings are equal.
  v_nonce bytea := @extschema@._crypto_aead_det_noncegen();
begin
  update @extschema@.secrets s
  set secret = case when new_secret is null then s.secret
      else encode(
        @extschema@._crypto_aead_det_encrypt(
          message := convert_to(new_secret, 'UTF8'),
          additional := convert_to(s.id::text, 'UTF8'),
          key_id := 0,
          context := 'pgsodium'::bytea,
          nonce := v_nonce
        ), 'base64'
      ) end,
    nonce = case when new_secret is null then s.nonce else v_nonce end,
    name = coalesce(new_name, s.name),
    description = coalesce(new_description, s.description),
    updated_at = now()
  where s.id = secret_id;
end
$$;

/*
 * Grants
 */

revoke execute on all functions in schema @extschema@ from public;

grant usage on schema @extschema@ to postgres with grant option;
grant select, delete on @extschema@.secrets, @extschema@.decrypted_secrets to postgres with grant option;
grant execute on function
  @extschema@.create_secret, @extschema@.update_secret, @extschema@._crypto_aead_det_decrypt
  to postgres with grant option;

grant usage on schema @extschema@ to service_role;
grant select, delete on @extschema@.secrets, @extschema@.decrypted_secrets to service_role;
grant execute on function
  @extschema@.create_secret, @extschema@.update_secret, @extschema@._crypto_aead_det_decrypt
  to service_role;
