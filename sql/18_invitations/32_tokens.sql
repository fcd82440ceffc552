-- The token of an invitation: what a link carries.
--
-- Threats: a token read from the database, a backup or a log (only its hash is stored, in the schema that clients do
-- not reach, and no role has a grant on it; it is shown once, to who invites).

create table private.invitation_tokens (
  workspace_id text not null,
  invitation_id uuid not null,
  token_hash bytea not null
    constraint invitation_tokens_token_hash_length check (octet_length(token_hash) = 32),
  primary key (workspace_id, invitation_id),
  constraint invitation_tokens_invitation_fkey foreign key (workspace_id, invitation_id)
    references public.workspace_invitations (workspace_id, id) on delete cascade
);

create unique index invitation_tokens_token_hash_idx on private.invitation_tokens (token_hash);

alter table private.invitation_tokens enable row level security;

create policy invitation_tokens_select on private.invitation_tokens
  for select to authenticated using (false);

comment on policy invitation_tokens_select on private.invitation_tokens is 'Tokens are for nobody to read.';

comment on table private.invitation_tokens is
  'What is kept of the token of each invitation: the last one that was sent. For definer functions alone.';
comment on column private.invitation_tokens.token_hash is 'SHA-256 of the token, which is shown once and not kept.';

create function private.new_invitation_token() returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  return rtrim(translate(encode(extensions.gen_random_bytes(32), 'base64'), '+/', '-_'), '=');
end;
$$;

comment on function private.new_invitation_token() is '32 random bytes as base64url: 43 characters that fit a link.';

create function private.invitation_token_hash(p_token text) returns bytea
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return case when octet_length(p_token) <= 100 then sha256(convert_to(p_token, 'UTF8')) end;
end;
$$;

comment on function private.invitation_token_hash(text) is
  'What is kept of a token; null for what is too long to be one. A plain hash is enough for 256 random bits, which '
  'nobody can try out.';

create function private.renew_invitation_token(p_workspace_id text, p_id uuid) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_token constant text := private.new_invitation_token();
begin
  insert into private.invitation_tokens (workspace_id, invitation_id, token_hash)
  values (p_workspace_id, p_id, private.invitation_token_hash(v_token))
  on conflict (workspace_id, invitation_id) do update set token_hash = excluded.token_hash;
  return v_token;
end;
$$;

comment on function private.renew_invitation_token(text, uuid) is
  'Gives an invitation a token, its first or another in place of the one it had, and returns it. For definer '
  'functions.';
