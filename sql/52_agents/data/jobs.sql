-- Ending answers whose writer is silent, every minute; forgetting what is kept for a time.

select cron.schedule(
  'ai-lost-answers',
  '* * * * *',
  'do $$ begin while private.interrupt_lost_answers(100) > 0 loop commit; end loop; end $$'
);
select cron.schedule(
  'ai-answer-parts',
  '*/10 * * * *',
  'do $$ begin while private.forget_answer_parts(10000) > 0 loop commit; end loop; end $$'
);
