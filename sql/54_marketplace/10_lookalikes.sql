-- What a name looks like, whatever it is written with: two names that a person would take for one have the same form.
--
-- The table is that of Unicode Technical Standard 39 (confusables.txt), as far as it leads to a letter or a digit of
-- ASCII; marks, width and case go with compatibility forms, and what is no letter or digit is left out.
--
-- Threats: a listing that passes for another by a letter of another script, by case, marks, spaces or invisible
-- characters.

create function private.lookalikes(p_letter text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return case p_letter
    when '2' then
      e'\u01A7\u01BB\u03E8\u14BF\uA644\uA6EF\uA75A'
    when '3' then
      e'\u01B7\u021C\u0417\u0498\u04E0\u2CCC\uA76A\uA7AB\U000118CA\U00016F3B'
    when '4' then
      e'\u13CE\U000118AF'
    when '5' then
      e'\u01BC\U000118BB'
    when '6' then
      e'\u0431\u13EE\u2CD2\U000118D5'
    when '7' then
      e'\U000104D2\U000118C6'
    when '8' then
      e'\u0222\u0223\u09EA\u0A6A\U0001031A\U0001E8CB'
    when '9' then
      e'\u09ED\u0A67\u0B68\u0D6D\u2CCA\uA76E\U000118AC\U000118CC\U000118D6'
    when 'a' then
      e'\u0251\u0391\u03B1\u0410\u0430\u13AA\u15C5\uA4EE\U000102A0\U00016F40'
    when 'b' then
      e'\u0180\u0182\u0183\u0184\u0253\u0392\u0411\u0412\u042C\u0462\u0463\u048C\u048D\u13CF\u13F4\u15AF'
      '\u15F7\uA4D0\uA7B4\U00010282\U000102A1\U00010301'
    when 'c' then
      e'\u023C\u03A3\u03C2\u0421\u0441\u04AA\u04AB\u13DF\u1D04\u2CA4\u2CA5\uA4DA\uABAF\U000102A2\U00010302'
      '\U00010415\U0001043D\U0001051C\U000118E9\U000118F2'
    when 'd' then
      e'\u00D0\u0110\u0111\u0189\u018C\u0256\u0257\u0501\u13A0\u13E7\u146F\u15DE\u15EA\uA4D2\uA4D3'
    when 'e' then
      e'\u0246\u0247\u0395\u0415\u0435\u04BD\u04BF\u13AC\u2D39\uA4F0\uAB32\U00010286\U000118A6\U000118AE'
    when 'f' then
      e'\u0191\u0192\u03DC\u0584\u15B4\u1D6E\u1E9D\uA4DD\uA798\uA799\uAB35\U00010287\U000102A5\U00010525'
      '\U000118A2\U000118C2'
    when 'g' then
      e'\u018D\u01E4\u01E5\u0260\u0261\u050C\u0581\u13C0\u13F3\u1D83\uA4D6'
    when 'h' then
      e'\u0126\u0127\u0266\u0397\u041D\u043D\u045B\u04A2\u04BB\u04C7\u04C9\u0570\u13BB\u13C2\u13F2\u157C'
      '\u2C67\u2C8E\uA4E7\uA695\U000102CF'
    when 'j' then
      e'\u0248\u0249\u037F\u03F3\u0408\u0458\u13AB\u148D\uA4D9\uA7B2'
    when 'k' then
      e'\u0199\u039A\u041A\u049A\u049E\u13E6\u16D5\u2C69\u2C94\uA4D7\uA740\U00010518'
    when 'l' then
      e'\u0131\u0141\u0142\u0196\u0197\u019A\u01C0\u0268\u0269\u026A\u026B\u026D\u0399\u03B9\u0406\u0456'
      '\u04C0\u04CF\u05D5\u05DF\u0627\u0661\u0673\u06F1\u07CA\u13A5\u13DE\u14AA\u16C1\u1D7B\u1D7C\u2C92'
      '\u2CD0\u2D4F\uA4E1\uA4F2\uA647\uAB75\U0001028A\U00010309\U00010320\U0001041B\U00010526\U000118A3'
      '\U000118B2\U000118C3\U00016F16\U00016F28\U0001E8C7'
    when 'm' then
      e'\u039C\u03FA\u041C\u04CD\u13B7\u15F0\u16D6\u2C98\uA4DF\U000102B0\U00010311'
    when 'n' then
      e'\u019D\u019E\u0273\u039D\u03B7\u0578\u057C\u1D70\u2C9A\uA4E0\U00010513'
    when 'o' then
      e'\u00D8\u00F8\u019F\u0275\u0398\u039F\u03B8\u03BF\u03C3\u041E\u043E\u0472\u0473\u04E8\u04E9\u0555'
      '\u0585\u05E1\u0647\u0665\u06BE\u06C1\u06D5\u06F5\u06FF\u07C0\u0966\u09E6\u0A66\u0AE6\u0B20\u0B66'
      '\u0BE6\u0C66\u0CE6\u0D20\u0D66\u0E50\u0ED0\u1010\u101D\u1040\u10FF\u12D0\u13BE\u13EB\u1D0F\u1D11'
      '\u2C9E\u2C9F\u2D31\u2D41\u2D54\u3007\uA4F3\uA74A\uA74B\uAB3D\uAB3E\uAB74\uAB8E\uABBB\U00010292'
      '\U000102AB\U00010404\U0001042C\U000104C2\U000104EA\U00010516\U000114D0\U000118B5\U000118C8\U000118D7'
      '\U000118E0'
    when 'p' then
      e'\u01A5\u03A1\u03C1\u0420\u0440\u13E2\u146D\u1D7D\u2CA2\u2CA3\uA4D1\U00010295'
    when 'q' then
      e'\u02A0\u051B\u0563\u0566\u2D55'
    when 'r' then
      e'\u01A6\u024D\u027C\u027D\u0433\u0493\u13A1\u13D2\u1587\u1D26\u1D72\u2C85\uA4E3\uAB47\uAB48\uAB81'
      '\U000104B4\U00016F35'
    when 's' then
      e'\u01BD\u0282\u0405\u0455\u054F\u13D5\u13DA\u1D74\uA4E2\uA731\uABAA\U00010296\U00010420\U00010448'
      '\U000118C1\U00016F3A'
    when 't' then
      e'\u0166\u0167\u01AD\u01AE\u023E\u03A4\u0422\u04AC\u13A2\u1D75\u2CA6\uA4D4\U00010297\U000102B1'
      '\U00010315\U000118BC\U00016F0A'
    when 'u' then
      e'\u0244\u028B\u03C5\u054D\u057D\u1200\u13CC\u144C\u1D1C\u1D7E\uA4F4\uA79F\uAB4E\uAB52\uAB9C\U000104CE'
      '\U000104F6\U000118B8\U000118D8\U00016F42'
    when 'v' then
      e'\u03BD\u0474\u0475\u05D8\u0667\u06F7\u13D9\u142F\u1D20\u2D38\uA4E6\uA6DF\uABA9\U0001051D\U00011706'
      '\U000118A0\U000118C0\U00016F08'
    when 'w' then
      e'\u026F\u0461\u047D\u051C\u051D\u0561\u13B3\u13D4\u1D21\uA4EA\uA761\uAB83\U000114C5\U0001170A'
      '\U0001170E\U0001170F\U000118E6\U000118EF'
    when 'x' then
      e'\u03A7\u0425\u0445\u04B2\u1541\u157D\u16B7\u2CAC\u2D5D\uA4EB\uA7B3\U00010290\U000102B4\U00010317'
      '\U00010322\U00010527\U000118EC'
    when 'y' then
      e'\u01B4\u024E\u024F\u0263\u028F\u03A5\u03B3\u0423\u0443\u04AE\u04AF\u04B0\u04B1\u10E7\u13A9\u13BD'
      '\u1D8C\u1EFF\u2CA8\uA4EC\uAB5A\U000102B2\U000118A4\U000118DC\U00016F43'
    when 'z' then
      e'\u01B5\u01B6\u0224\u0225\u0290\u0396\u13C3\u1D22\u1D76\uA4DC\uAB93\U000102F5\U000118A9\U000118C4'
      '\U000118E5'
  end;
end;
$$;

comment on function private.lookalikes(text) is 'The characters of other scripts that look like a letter or digit.';

create function private.ascii_lookalike(p_text text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_letters constant text[] := string_to_array('23456789abcdefghjklmnopqrstuvwxyz', null);
  v_from text;
  v_to text;
begin
  if p_text ~ '^[\u0001-\u007F]*$' then
    return p_text;
  end if;
  select string_agg(private.lookalikes(l.letter), '' order by l.n),
    string_agg(repeat(l.letter, char_length(private.lookalikes(l.letter))), '' order by l.n)
  into v_from, v_to
  from unnest(c_letters) with ordinality as l (letter, n);
  return translate(p_text, v_from, v_to);
end;
$$;

comment on function private.ascii_lookalike(text) is 'A text with the letters of ASCII that its characters look like.';

create function private.name_form(p_name text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_form text := regexp_replace(
    normalize(private.clean_text(p_name), nfkd), '[' || private.character_class('extending') || ']', '', 'g');
begin
  -- Twice: of some letters only the capital is taken for another, of some only the small one.
  v_form := private.ascii_lookalike(private.folded_text(private.ascii_lookalike(v_form)));
  v_form := regexp_replace(v_form collate pg_c_utf8, '[^[:alnum:]|!]', '', 'g');
  v_form := translate(v_form, '01i|!', 'ollll');
  v_form := replace(replace(v_form, 'rn', 'm'), 'vv', 'w');
  -- A name of symbols alone is what it is.
  return case when v_form = '' then private.folded_text(private.clean_text(p_name)) else v_form end;
end;
$$;

comment on function private.name_form(text) is
  'What a name looks like: the same for names that are taken for each other.';
