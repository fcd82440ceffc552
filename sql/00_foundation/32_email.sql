-- Addresses of e-mail, in the one form in which they are kept and compared.

create function private.is_email(p_text text) returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  -- ASCII in lower case only: what looks or folds like another letter (the Kelvin sign) would be another mailbox.
  c_label constant text := '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
begin
  return case
    when octet_length(p_text) > 254 then false
    else p_text ~ ('^[a-z0-9.!#$%&''*+/=?^_`{|}~-]{1,64}@' || c_label || '(\.' || c_label || ')+$')
  end;
end;
$$;

comment on function private.is_email(text) is
  'Whether a text is an e-mail address in the form in which it is kept: ASCII, lower case, at most 254 characters.';

create function private.digest_of_mailbox(p_email text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user constant text := regexp_replace(split_part(p_email, '@', 1), '[+].*', '');
  v_domain constant text := split_part(p_email, '@', 2);
begin
  return encode(sha256(convert_to(
    case
      -- Source: https://support.google.com/mail/answer/7436150; googlemail.com is another name of the domain.
      when v_domain in ('gmail.com', 'googlemail.com') then replace(v_user, '.', '') || '@gmail.com'
      else v_user || '@' || v_domain
    end,
    'UTF8')), 'hex');
end;
$$;

comment on function private.digest_of_mailbox(text) is
  'What stands for an address where it is counted and not read: the same for ada@example.com and ada+1@example.com, '
  'which mostly are one mailbox, and for what Gmail delivers to one, with dots and without.';
