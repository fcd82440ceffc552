-- The one row of settings; what an operator has set stays.

insert into private.operator_settings default values on conflict do nothing;
