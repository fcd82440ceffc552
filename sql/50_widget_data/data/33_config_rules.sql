-- The question of a widget is looked at where somebody configures it.

insert into private.config_rules (rule)
values ('config_question_problem')
on conflict (rule) do nothing;
