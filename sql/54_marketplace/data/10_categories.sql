-- The categories of listings. One that listings are in stays.

merge into public.marketplace_categories as t
using (
  values
    ('analytics', 'Analytics', 1),
    ('sales', 'Sales', 2),
    ('marketing', 'Marketing', 3),
    ('finance', 'Finance', 4),
    ('operations', 'Operations', 5),
    ('support', 'Support', 6),
    ('engineering', 'Engineering', 7),
    ('people', 'People', 8),
    ('design', 'Design', 9),
    ('other', 'Other', 10)
) as s (key, name, position)
on t.key = s.key
when matched and (t.name, t.position) is distinct from (s.name, s.position) then
  update set name = s.name, position = s.position
when not matched then
  insert (key, name, position) values (s.key, s.name, s.position);
