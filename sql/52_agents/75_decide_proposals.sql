-- Accepting and rejecting what an agent proposes. Accepting is the person's save: their access, their components, the
-- merge with what others changed meanwhile, their entry in the history. Whoever proposed it has no part in that.

create function private.changed_widget(p_widget jsonb, p_change jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return case p_change ->> 'change'
    when 'move' then p_widget || jsonb_build_object('position', p_change -> 'position')
    when 'show' then p_widget || '{"visible": true}'
    when 'hide' then p_widget || '{"visible": false}'
    when 'configure' then p_widget || jsonb_build_object('config', p_change -> 'config')
  end;
end;
$$;

comment on function private.changed_widget(jsonb, jsonb) is
  'A widget of a layout with one change made to it; null for one that takes it away.';

create function private.changed_layout(p_layout jsonb, p_changes jsonb) returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_widgets jsonb := p_layout -> 'widgets';
  v_change jsonb;
begin
  for v_change in select e.value from jsonb_array_elements(p_changes) as e (value) loop
    if v_change ->> 'change' = 'add' then
      v_widgets := v_widgets || jsonb_build_object(
        'instanceId', gen_random_uuid(),
        'widgetId', v_change -> 'widgetId',
        'position', v_change -> 'position',
        'visible', true,
        'config', coalesce(v_change -> 'config', '{}'),
        'lastUpdated', private.timestamp_text(now()));
      continue;
    end if;
    if (v_change ->> 'change' = any ('{move,show,hide,remove,configure}')) is not true then
      perform private.raise_invalid_input('changes',
        'This proposal has a change that is not known.', 'Reject it, and ask again.');
    end if;
    v_widgets := (
      select coalesce(jsonb_agg(w.widget order by w.n), '[]')
      from (
        select case when e.value ->> 'instanceId' = v_change ->> 'instanceId'
            then private.changed_widget(e.value, v_change) else e.value end as widget, e.n
        from jsonb_array_elements(v_widgets) with ordinality as e (value, n)
      ) as w
      where w.widget is not null);
  end loop;
  return p_layout || jsonb_build_object('widgets', v_widgets);
end;
$$;

comment on function private.changed_layout(jsonb, jsonb) is
  'A layout with proposed changes made to it; a change of a widget that is not in it changes nothing. Error: '
  'invalid_input (changes) for a change of no kind. What comes of it is checked where it is saved.';

create function private.open_proposal(p_workspace_id text, p_proposal_id uuid) returns private.proposals
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_proposal private.proposals;
begin
  select p.* into v_proposal
  from private.proposals p
  join private.conversations c on c.workspace_id = p.workspace_id and c.id = p.conversation_id
  where p.workspace_id = p_workspace_id and p.id = p_proposal_id and c.owner_id = (select auth.uid())
  for no key update of p;
  if not found then
    perform private.raise_error('not_found',
      'There is no such proposal, or it is not for you.', 'proposal_id', 'Check the id.');
  end if;
  if v_proposal.status <> 'open' then
    perform private.raise_error('conflict',
      'This proposal has been decided.', v_proposal.status, 'Ask for another one.');
  end if;
  return v_proposal;
end;
$$;

comment on function private.open_proposal(text, uuid) is
  'A proposal to the caller that is not decided, locked. Errors: not_found (proposal_id), conflict (accepted, '
  'rejected). For definer functions, which have checked the permission.';

create function private.proposal_document(p_proposal private.proposals) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object(
    'id', p_proposal.id,
    'conversationId', p_proposal.conversation_id,
    'viewId', p_proposal.view_id,
    'version', p_proposal.view_version,
    'summary', p_proposal.summary,
    'changes', p_proposal.changes,
    'status', p_proposal.status,
    'madeVersion', p_proposal.made_version,
    'proposedAt', private.timestamp_text(p_proposal.proposed_at),
    'decidedAt', private.timestamp_text(p_proposal.decided_at));
end;
$$;

comment on function private.proposal_document(private.proposals) is
  'A proposal as clients read it (proposalSchema of types/conversations.ts).';

create function public.list_proposals(workspace_id text, conversation_id uuid) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.list_proposals(workspace_id, conversation_id);
end;
$$;

comment on function public.list_proposals(text, uuid) is
  'What was proposed in a conversation, and what became of it, in order: [{id, conversationId, viewId, version, '
  'summary, changes, status (open, accepted, rejected), madeVersion, proposedAt, decidedAt}], at most the latest 500. '
  'Takes ai.use, and is for the owner. Errors: not_found (workspace_id, conversation_id), permission_denied.';

grant execute on function public.list_proposals(text, uuid) to authenticated;

create function private.list_proposals(p_workspace_id text, p_conversation_id uuid) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_permission(p_workspace_id, 'ai.use');
  if (private.readable_conversation(p_workspace_id, p_conversation_id)).owner_id <> auth.uid() then
    perform private.conversation_not_found();
  end if;
  return (
    select coalesce(jsonb_agg(private.proposal_document(p) order by p.proposed_at, p.id), '[]')
    from (
      select x.*
      from private.proposals x
      where x.workspace_id = p_workspace_id and x.conversation_id = p_conversation_id
      order by x.proposed_at desc, x.id desc
      limit 500
    ) as q
    join private.proposals p on p.workspace_id = q.workspace_id and p.id = q.id
  );
end;
$$;

comment on function private.list_proposals(text, uuid) is
  'See public.list_proposals. Definer: no role reads the table.';

grant execute on function private.list_proposals(text, uuid) to authenticated;

create function public.accept_proposal(workspace_id text, proposal_id uuid, resolve jsonb default null) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.accept_proposal(workspace_id, proposal_id, resolve);
end;
$$;

comment on function public.accept_proposal(text, uuid, jsonb) is
  'Makes the changes that an agent proposed, as save_layout does with the layout of the version that they begin from '
  'and these changes, and returns {proposal, view}. Where others changed the same meanwhile it is refused, and sent '
  'again with `resolve`. Takes ai.use and the access edit. Errors: not_found (workspace_id, proposal_id, view_id, '
  'version), permission_denied, payment_required, conflict (accepted, rejected, or what save_layout says), '
  'invalid_input.';

grant execute on function public.accept_proposal(text, uuid, jsonb) to authenticated;

create function private.accept_proposal(p_workspace_id text, p_proposal_id uuid, p_resolve jsonb) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_proposal private.proposals;
  v_view jsonb;
begin
  perform private.require_permission(p_workspace_id, 'ai.use');
  v_proposal := private.open_proposal(p_workspace_id, p_proposal_id);
  v_view := private.save_layout(
    v_proposal.view_id,
    private.changed_layout(
      private.get_view_version(v_proposal.view_id, v_proposal.view_version), v_proposal.changes),
    v_proposal.view_version, null, p_resolve);
  update private.proposals p
  set status = 'accepted', decided_at = now(), made_version = (v_view -> 'version')::bigint
  where p.workspace_id = p_workspace_id and p.id = p_proposal_id
  returning p.* into v_proposal;
  perform private.tell_of_proposal(v_proposal);
  return jsonb_build_object('proposal', private.proposal_document(v_proposal), 'view', v_view);
end;
$$;

comment on function private.accept_proposal(text, uuid, jsonb) is
  'See public.accept_proposal. Definer: no role writes proposals; who may change the view is asked of the caller.';

grant execute on function private.accept_proposal(text, uuid, jsonb) to authenticated;

create function public.reject_proposal(workspace_id text, proposal_id uuid) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.reject_proposal(workspace_id, proposal_id);
end;
$$;

comment on function public.reject_proposal(text, uuid) is
  'Notes that the caller does not want what an agent proposed, and returns the proposal. Takes ai.use. Errors: '
  'not_found (workspace_id, proposal_id), permission_denied, conflict (accepted, rejected).';

grant execute on function public.reject_proposal(text, uuid) to authenticated;

create function private.reject_proposal(p_workspace_id text, p_proposal_id uuid) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_proposal private.proposals;
begin
  perform private.require_permission(p_workspace_id, 'ai.use');
  perform private.open_proposal(p_workspace_id, p_proposal_id);
  update private.proposals p
  set status = 'rejected', decided_at = now()
  where p.workspace_id = p_workspace_id and p.id = p_proposal_id
  returning p.* into v_proposal;
  perform private.tell_of_proposal(v_proposal);
  return private.proposal_document(v_proposal);
end;
$$;

comment on function private.reject_proposal(text, uuid) is
  'See public.reject_proposal. Definer: no role writes proposals.';

grant execute on function private.reject_proposal(text, uuid) to authenticated;

create function private.tell_of_proposal(p_proposal private.proposals) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.tell_owner(c, null, 'changed')
  from private.conversations c
  where c.workspace_id = p_proposal.workspace_id and c.id = p_proposal.conversation_id;
end;
$$;

comment on function private.tell_of_proposal(private.proposals) is
  'Tells the owner of a conversation that a proposal in it was decided. For definer functions.';
