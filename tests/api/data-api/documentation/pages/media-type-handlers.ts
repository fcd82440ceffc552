import { type Page, section } from '../page.ts'

/* Geometries of PostGIS, which is not there, are texts here. */
export const mediaTypeHandlers: Page = {
  name: 'media_type_handlers',
  sql: `
    create table lines (id int primary key, name text, geom text);
    insert into lines values (1, 'line-1', '1 1,5 5'), (2, 'line-2', '2 2,6 6');
    create domain "application/vnd.twkb" as bytea;
    create function get_line(id int) returns "application/vnd.twkb" stable language sql
      as 'select convert_to(geom, ''UTF8'') from lines where id = get_line.id';
    create function twkb_handler_transition(state bytea, next lines) returns "application/vnd.twkb" language sql
      as 'select state || convert_to(next.geom, ''UTF8'')';
    create aggregate twkb_agg(lines) (initcond = '', stype = "application/vnd.twkb", sfunc = twkb_handler_transition);
    create function get_lines() returns setof lines stable language sql as 'select * from lines';
    create domain "text/csv" as text;
    create function bom_csv_trans(state text, next lines) returns "text/csv" language sql
      as $$ select state || next.id::text || ',' || next.name || E'\\n' $$;
    create function bom_csv_final(data "text/csv") returns "text/csv" language sql as $$
      select set_config('response.headers',
        '[{"Content-Disposition": "attachment; filename=\\"lines.csv\\""}]', true);
      select convert_from(decode('EFBBBF', 'hex'), 'UTF8') || (E'id,name\\n' || data) $$;
    create aggregate bom_csv_agg(lines)
      (initcond = '', stype = "text/csv", sfunc = bom_csv_trans, finalfunc = bom_csv_final);
    create domain "*/*" as bytea;
    create view "lines.xml" as select * from lines;
    create function lines_xml_trans(state "*/*", next "lines.xml") returns "*/*" language sql as $$
      select state || convert_to(xmlelement(name line, xmlattributes(next.id as id))::text || E'\\n', 'UTF8') $$;
    create function lines_xml_final(data "*/*") returns "*/*" language plpgsql as $$
    declare
      req_accept text := current_setting('request.headers', true)::json ->> 'accept';
    begin
      if req_accept = '*/*' then
        perform set_config('response.headers', '[{"Content-Type": "text/xml"}]', true);
      elsif req_accept in ('application/xml', 'text/xml') then
        perform set_config('response.headers',
          json_build_array(json_build_object('Content-Type', req_accept))::text, true);
      else
        raise sqlstate 'PT415' using message = 'Unsupported Media Type';
      end if;
      return data;
    end $$;
    create aggregate lines_xml_agg("lines.xml")
      (stype = "*/*", initcond = '', sfunc = lines_xml_trans, finalfunc = lines_xml_final);
  `,
  examples: [
    ...section('Handler Function', [
      'GET /rpc/get_line?id=1',
      { text: '1 1,5 5', headers: { 'content-type': 'application/vnd.twkb' } },
      { headers: { accept: 'application/vnd.twkb' } },
    ]),
    ...section(
      'Handlers for Tables/Views',
      [
        'GET /lines',
        { text: '1 1,5 52 2,6 6', headers: { 'content-type': 'application/vnd.twkb' } },
        { headers: { accept: 'application/vnd.twkb' } },
      ],
      [
        'GET /rpc/get_lines',
        { text: '1 1,5 52 2,6 6', headers: { 'content-type': 'application/vnd.twkb' } },
        { headers: { accept: 'application/vnd.twkb' } },
      ],
    ),
    ...section('Overriding a Builtin Handler', [
      'GET /lines',
      {
        text: '\ufeffid,name\n1,line-1\n2,line-2\n',
        headers: {
          'content-type': /^text\/csv/,
          'content-disposition': 'attachment; filename="lines.csv"',
        },
      },
      { headers: { accept: 'text/csv' } },
    ]),
    ...section(
      'The "Any" Handler',
      [
        'GET /lines.xml',
        { text: '<line id="1"/>\n<line id="2"/>\n', headers: { 'content-type': 'text/xml' } },
        { headers: { accept: '*/*' } },
      ],
      [
        'GET /lines.xml',
        { text: '<line id="1"/>\n<line id="2"/>\n', headers: { 'content-type': 'text/xml' } },
        { headers: { accept: 'text/xml' } },
      ],
      [
        'GET /lines.xml',
        { text: '<line id="1"/>\n<line id="2"/>\n', headers: { 'content-type': 'application/xml' } },
        { headers: { accept: 'application/xml' } },
      ],
      ['GET /lines.xml', { status: 415 }, { headers: { accept: 'unknown/media' } }],
    ),
  ],
}
