-- Ending answers whose writer is silent, every minute; forgetting what is kept for a time.

select cron.schedule(
  'ai-lost-answers',
  '* * * * *',
  'do $$ begin while private.interrupt_lost_answers(100) > 0 loop commit; end loop; end $$'
);
select cron.schedule(
  'ai-retention',
  '33 2 * * *',
  'do $$ begin while private.expire_conversations(100) > 0 loop commit; end loop; end $$'
);
select cron.schedule(
  'ai-usage-retention',
  '43 2 * * *',
  'do $$ begin while private.expire_ai_usage(10000) > 0 loop commit; end loop; end $$'
);
select cron.schedule(
  'ai-credits-of-people',
  '38 2 * * *',
  'do $$ begin while private.forget_credits_of_people(10000) > 0 loop commit; end loop; end $$'
);
select cron.schedule(
  'ai-uncited-snapshots',
  '48 2 * * *',
  'do $$ begin while private.expire_snapshots(1000) > 0 loop commit; end loop; end $$'
);
select cron.schedule(
  'ai-agent-versions',
  '53 2 * * *',
  'do $$ begin while private.expire_agent_versions(1000) > 0 loop commit; end loop; end $$'
);
