-- The models of OpenAI that agents are made for, and their prices in dollars per million tokens, from OpenAI's pages of
-- models (developers.openai.com/api/docs/models) as they stood in November 2026, with the days from which the prices
-- hold. OpenAI retires models within a year or two and changes prices: an operator looks at both, and says here or in
-- the tables what holds for them. What an operator has added stays, and so does what they took out of use; a change of
-- a price is a row of its own.
--
-- The window of each is 1,050,000 tokens, but beyond 272,000 of input all of a call costs twice as much, so no more is
-- sent.

insert into public.ai_models as t (key, name, title, context_tokens, max_output_tokens, capabilities, position)
values
  ('gpt-6-luna', 'gpt-6-luna', 'GPT-6 Luna', 272000, 128000, '{tools,reasoning}', 10),
  ('gpt-6.1-terra', 'gpt-6.1-terra', 'GPT-6.1 Terra', 272000, 128000, '{tools,reasoning}', 20),
  ('gpt-6.2-sol', 'gpt-6.2-sol', 'GPT-6.2 Sol', 272000, 128000, '{tools,reasoning}', 30),
  ('gpt-5.6-luna', 'gpt-5.6-luna', 'GPT-5.6 Luna', 272000, 128000, '{tools,reasoning}', 40)
on conflict (key) do update
set name = excluded.name,
  title = excluded.title,
  context_tokens = excluded.context_tokens,
  max_output_tokens = excluded.max_output_tokens,
  capabilities = excluded.capabilities
where (t.name, t.title, t.context_tokens, t.max_output_tokens, t.capabilities)
  is distinct from
  (excluded.name, excluded.title, excluded.context_tokens, excluded.max_output_tokens, excluded.capabilities);

update public.ai_models as m
set fallback_key = s.fallback
from (
  values ('gpt-6-luna', 'gpt-5.6-luna'), ('gpt-6.1-terra', 'gpt-6.2-sol'), ('gpt-6.2-sol', 'gpt-6.1-terra'),
    ('gpt-5.6-luna', 'gpt-6-luna')
) as s (key, fallback)
where m.key = s.key and m.fallback_key is null;

insert into public.ai_model_prices (model_key, holds_from, input, cached_input, cache_write, output)
values
  ('gpt-6-luna', '2026-09-22', 0.1, 0.01, 0.125, 0.5),
  ('gpt-6.1-terra', '2026-10-26', 1, 0.05, 1.25, 5),
  ('gpt-6.2-sol', '2026-11-17', 2, 0.1, 2.5, 10),
  ('gpt-5.6-luna', '2026-07-30', 0.2, 0.02, 0.25, 1.2)
on conflict (model_key, holds_from) do nothing;
