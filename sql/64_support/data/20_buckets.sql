-- The bucket of files that belong to tickets, the same as in supabase/config.toml, which only development reads.

insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values (
  'support', 'support', false, 10485760,
  '{image/png,image/jpeg,image/webp,image/gif,application/pdf,text/plain,text/csv,application/json}'
)
on conflict (id) do update
set public = excluded.public,
  file_size_limit = excluded.file_size_limit,
  allowed_mime_types = excluded.allowed_mime_types;
