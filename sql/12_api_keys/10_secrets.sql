-- What a key looks like, and what is kept of it: `bd_<id>_<secret><checksum>`, all in small hexadecimal digits.
--
-- The prefix says whose it is, so that scanners of code find a key that was published; the id (32 digits, the uuid) is
-- public and finds the row; the secret has 64 digits, 256 random bits; the checksum, the first 8 digits of the SHA-256
-- of all before it, tells a mistyped or made-up key from a real one without a database.
--
-- Threats: a key in a log of the database (it is made here and goes out once; what comes in is its hash); guessing byte
-- by byte from the time that a comparison takes (two hashes are compared under a fresh key, so what they share says
-- nothing).

create function private.new_api_key_id() returns uuid
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_bytes bytea := extensions.gen_random_bytes(16);
begin
  v_bytes := set_byte(v_bytes, 6, (get_byte(v_bytes, 6) & 15) | 128);
  v_bytes := set_byte(v_bytes, 8, (get_byte(v_bytes, 8) & 63) | 128);
  return encode(v_bytes, 'hex')::uuid;
end;
$$;

comment on function private.new_api_key_id() is 'A random UUID of version 8 (RFC 9562), as no account has.';

create function private.api_key_hash(p_key text) returns bytea
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return sha256(convert_to(p_key, 'UTF8'));
end;
$$;

comment on function private.api_key_hash(text) is 'What is kept of a key.';

create function private.new_api_key(p_id uuid) returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_key constant text := concat(
    'bd_', replace(p_id::text, '-', ''), '_', encode(extensions.gen_random_bytes(32), 'hex'));
begin
  return v_key || left(encode(private.api_key_hash(v_key), 'hex'), 8);
end;
$$;

comment on function private.new_api_key(uuid) is 'A key with a fresh secret and its checksum: 108 characters.';

create function private.is_same_hash(p_stored bytea, p_given bytea) returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_blind constant bytea := extensions.gen_random_bytes(32);
begin
  return coalesce(extensions.hmac(p_stored, v_blind, 'sha256') = extensions.hmac(p_given, v_blind, 'sha256'), false);
end;
$$;

comment on function private.is_same_hash(bytea, bytea) is
  'Whether two hashes are the same, in a time that tells nothing about how much of them is.';
