-- The models of OpenAI that agents are made for, and their prices in dollars per million tokens. What an operator has
-- added stays, and so does what they took out of use; a change of a price is a row of its own.

insert into public.ai_models as t (key, name, title, context_tokens, max_output_tokens, capabilities, position)
values
  ('gpt-5-mini', 'gpt-5-mini', 'GPT-5 mini', 400000, 128000, '{tools,reasoning}', 10),
  ('gpt-5', 'gpt-5', 'GPT-5', 400000, 128000, '{tools,reasoning}', 20),
  ('gpt-5-nano', 'gpt-5-nano', 'GPT-5 nano', 400000, 128000, '{tools,reasoning}', 30),
  ('gpt-4.1', 'gpt-4.1', 'GPT-4.1', 1047576, 32768, '{tools,temperature}', 40),
  ('gpt-4.1-mini', 'gpt-4.1-mini', 'GPT-4.1 mini', 1047576, 32768, '{tools,temperature}', 50)
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
  values ('gpt-5-mini', 'gpt-4.1-mini'), ('gpt-5', 'gpt-4.1'), ('gpt-5-nano', 'gpt-4.1-mini'), ('gpt-4.1', 'gpt-5'),
    ('gpt-4.1-mini', 'gpt-5-mini')
) as s (key, fallback)
where m.key = s.key and m.fallback_key is null;

insert into public.ai_model_prices (model_key, holds_from, input, cached_input, output)
values
  ('gpt-5-mini', '2025-08-07', 0.25, 0.025, 2),
  ('gpt-5', '2025-08-07', 1.25, 0.125, 10),
  ('gpt-5-nano', '2025-08-07', 0.05, 0.005, 0.4),
  ('gpt-4.1', '2025-04-14', 2, 0.5, 8),
  ('gpt-4.1-mini', '2025-04-14', 0.4, 0.1, 1.6)
on conflict (model_key, holds_from) do nothing;
