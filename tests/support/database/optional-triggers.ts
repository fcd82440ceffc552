import type pg from 'pg'

const setting = 'tests.past_triggers'
const isWanted = `current_setting(''${setting}'', true) is distinct from ''on''`

/**
 * Has triggers of a table of `public`, or all of them, fire unless they are told not to; to disable them again and again
 * would make every plan anew each time. In the transaction of a story alone; returns what runs work past them.
 */
export async function makeTriggersOptional(
  client: pg.Client,
  table: string,
  name?: string,
): Promise<(work: () => Promise<unknown>) => Promise<void>> {
  await client.query(`
    do $$
    declare
      v_definition text;
    begin
      for v_definition in
        select pg_get_triggerdef(oid) from pg_trigger
        where tgrelid = 'public.${table}'::regclass and not tgisinternal and tgconstraint = 0
          and tgname = coalesce(${name ? `'${name}'` : 'null'}, tgname)
      loop
        if v_definition !~ ' WHEN ' then
          v_definition := replace(v_definition, ' EXECUTE FUNCTION ', ' WHEN (true) EXECUTE FUNCTION ');
        end if;
        v_definition := replace(v_definition, 'CREATE TRIGGER', 'CREATE OR REPLACE TRIGGER');
        execute regexp_replace(v_definition, ' WHEN (\\(.*\\)) EXECUTE', ' WHEN (${isWanted} and \\1) EXECUTE');
      end loop;
    end $$`)
  return async (work) => {
    await client.query(`set local ${setting} = 'on'`)
    await work()
    await client.query(`set local ${setting} = ''`)
  }
}
