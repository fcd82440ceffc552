-- The question of the quarter: how likely people are to recommend the product.
--
-- Threats: answers of one person that somebody reads (no role reads the table, and operator_report tells sums); a vote
-- that counts many times (one row a person and quarter, which another answer replaces).

create table private.survey_answers (
  user_id uuid not null references public.profiles (id) on delete cascade,
  quarter date not null
    constraint survey_answers_quarter_begins check (quarter = date_trunc('quarter', quarter::timestamp)::date),
  score integer
    constraint survey_answers_score_range check (score between 0 and 10),
  answered_at timestamptz not null default now(),
  primary key (user_id, quarter)
);
create index survey_answers_quarter_idx on private.survey_answers (quarter);

alter table private.survey_answers enable row level security;

create policy survey_answers_select on private.survey_answers
  for select to authenticated using (false);

comment on table private.survey_answers is
  'How likely people are to recommend the product, asked once a quarter (UTC). Written by answer_survey.';
comment on policy survey_answers_select on private.survey_answers is 'Nobody: my_survey tells one''s own.';
comment on column private.survey_answers.score is '0 to 10; null for who would rather not say.';
