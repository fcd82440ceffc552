-- What a configuration has to be beyond the schema of its component, where somebody saves it: subjects with higher
-- numbers know that. Each says here which function of theirs finds what is wrong.
--
-- A schema holds for every configuration that is there, whichever way it came. A rule holds for what is saved now: what
-- stood there before it, and comes back by an import, a copy, a restored version or a template, stays as it was.

create table private.config_rules (
  rule text primary key
    constraint config_rules_rule_format check (rule ~ '^[a-z_]{1,60}$')
);

alter table private.config_rules enable row level security;

create policy config_rules_select on private.config_rules
  for select to authenticated using (false);

comment on table private.config_rules is
  'What looks at the configurations of widgets that somebody saves. The rows come with the schema.';
comment on policy config_rules_select on private.config_rules is 'Nobody: it is for the functions that ask.';
comment on column private.config_rules.rule is
  'A function of `private` that takes a workspace, the key and the version of a component (null for the latest, and '
  'for a built-in one) and a configuration, and says what is wrong with it, as {path, message, hint}, or null.';

create function private.config_rule_problem(
  p_path text, p_workspace_id text, p_component_key text, p_component_version text, p_config jsonb
) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rule text;
  v_problem jsonb;
begin
  for v_rule in select r.rule from private.config_rules r order by r.rule loop
    execute format('select private.%I($1, $2, $3, $4)', v_rule)
    into v_problem
    using p_workspace_id, p_component_key, p_component_version, p_config;
    if v_problem is not null then
      return private.problem_below(p_path, v_problem);
    end if;
  end loop;
  return null;
end;
$$;

comment on function private.config_rule_problem(text, text, text, text, jsonb) is
  'What the rules of other subjects find wrong with the configuration of a component, as {path, message, hint} with '
  'the path below the given one; null where nothing is. Definer: nobody reads which rules there are, and rules read '
  'catalogs that nobody else does.';

-- The validation trigger runs as whoever writes.
grant execute on function private.config_rule_problem(text, text, text, text, jsonb) to authenticated, service_role;
