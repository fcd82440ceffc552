// Written by `npm run characters` from Unicode 17.0, as sql/00_foundation/28_characters.sql is:
// the inside of classes of characters, for expressions with the flag u.

/** Draws nothing wherever it stands, or turns the direction of text; white space apart. */
export const invisible = [
  '\\u{1}-\\u{8}\\u{E}-\\u{1F}\\u{7F}-\\u{84}\\u{86}-\\u{9F}\\u{AD}\\u{34F}\\u{600}-\\u{605}\\u{61C}\\u{6DD}\\u{70F}',
  '\\u{890}-\\u{891}\\u{8E2}\\u{115F}-\\u{1160}\\u{17B4}-\\u{17B5}\\u{180E}\\u{200B}\\u{200E}-\\u{200F}',
  '\\u{202A}-\\u{202E}\\u{2060}-\\u{206F}\\u{2800}\\u{3164}\\u{FEFF}\\u{FFA0}\\u{FFF0}-\\u{FFFB}\\u{110BD}',
  '\\u{110CD}\\u{13430}-\\u{1343F}\\u{1BCA0}-\\u{1BCA3}\\u{1D173}-\\u{1D17A}\\u{E0000}-\\u{E001F}',
  '\\u{E0080}-\\u{E00FF}\\u{E01F0}-\\u{E0FFF}',
].join('')

/** White space. */
export const whiteSpace =
  '\\u{9}-\\u{D}\\u{20}\\u{85}\\u{A0}\\u{1680}\\u{2000}-\\u{200A}\\u{2028}-\\u{2029}\\u{202F}\\u{205F}\\u{3000}'

/** Draws nothing, and has an effect in its place. */
export const placed =
  '\\u{180B}-\\u{180D}\\u{180F}\\u{200C}-\\u{200D}\\u{FE00}-\\u{FE0F}\\u{E0020}-\\u{E007F}\\u{E0100}-\\u{E01EF}'

/** Letters and marks of the scripts that joiners are for. */
export const joined = [
  '\\u{610}-\\u{61A}\\u{620}-\\u{63F}\\u{641}-\\u{65F}\\u{66E}-\\u{6D3}\\u{6D5}-\\u{6DC}\\u{6DF}-\\u{6E8}',
  '\\u{6EA}-\\u{6EF}\\u{6FA}-\\u{6FC}\\u{6FF}\\u{710}-\\u{74A}\\u{74D}-\\u{77F}\\u{7CA}-\\u{7F5}\\u{7FA}\\u{7FD}',
  '\\u{860}-\\u{86A}\\u{870}-\\u{887}\\u{889}-\\u{88F}\\u{897}-\\u{8E1}\\u{8E3}-\\u{952}\\u{955}-\\u{963}',
  '\\u{971}-\\u{983}\\u{985}-\\u{98C}\\u{98F}-\\u{990}\\u{993}-\\u{9A8}\\u{9AA}-\\u{9B0}\\u{9B2}\\u{9B6}-\\u{9B9}',
  '\\u{9BC}-\\u{9C4}\\u{9C7}-\\u{9C8}\\u{9CB}-\\u{9CE}\\u{9D7}\\u{9DC}-\\u{9DD}\\u{9DF}-\\u{9E3}\\u{9F0}-\\u{9F1}',
  '\\u{9FC}\\u{9FE}\\u{A01}-\\u{A03}\\u{A05}-\\u{A0A}\\u{A0F}-\\u{A10}\\u{A13}-\\u{A28}\\u{A2A}-\\u{A30}',
  '\\u{A32}-\\u{A33}\\u{A35}-\\u{A36}\\u{A38}-\\u{A39}\\u{A3C}\\u{A3E}-\\u{A42}\\u{A47}-\\u{A48}\\u{A4B}-\\u{A4D}',
  '\\u{A51}\\u{A59}-\\u{A5C}\\u{A5E}\\u{A70}-\\u{A75}\\u{A81}-\\u{A83}\\u{A85}-\\u{A8D}\\u{A8F}-\\u{A91}',
  '\\u{A93}-\\u{AA8}\\u{AAA}-\\u{AB0}\\u{AB2}-\\u{AB3}\\u{AB5}-\\u{AB9}\\u{ABC}-\\u{AC5}\\u{AC7}-\\u{AC9}',
  '\\u{ACB}-\\u{ACD}\\u{AD0}\\u{AE0}-\\u{AE3}\\u{AF9}-\\u{AFF}\\u{B01}-\\u{B03}\\u{B05}-\\u{B0C}\\u{B0F}-\\u{B10}',
  '\\u{B13}-\\u{B28}\\u{B2A}-\\u{B30}\\u{B32}-\\u{B33}\\u{B35}-\\u{B39}\\u{B3C}-\\u{B44}\\u{B47}-\\u{B48}',
  '\\u{B4B}-\\u{B4D}\\u{B55}-\\u{B57}\\u{B5C}-\\u{B5D}\\u{B5F}-\\u{B63}\\u{B71}\\u{B82}-\\u{B83}\\u{B85}-\\u{B8A}',
  '\\u{B8E}-\\u{B90}\\u{B92}-\\u{B95}\\u{B99}-\\u{B9A}\\u{B9C}\\u{B9E}-\\u{B9F}\\u{BA3}-\\u{BA4}\\u{BA8}-\\u{BAA}',
  '\\u{BAE}-\\u{BB9}\\u{BBE}-\\u{BC2}\\u{BC6}-\\u{BC8}\\u{BCA}-\\u{BCD}\\u{BD0}\\u{BD7}\\u{C00}-\\u{C0C}',
  '\\u{C0E}-\\u{C10}\\u{C12}-\\u{C28}\\u{C2A}-\\u{C39}\\u{C3C}-\\u{C44}\\u{C46}-\\u{C48}\\u{C4A}-\\u{C4D}',
  '\\u{C55}-\\u{C56}\\u{C58}-\\u{C5A}\\u{C5C}-\\u{C5D}\\u{C60}-\\u{C63}\\u{C80}-\\u{C83}\\u{C85}-\\u{C8C}',
  '\\u{C8E}-\\u{C90}\\u{C92}-\\u{CA8}\\u{CAA}-\\u{CB3}\\u{CB5}-\\u{CB9}\\u{CBC}-\\u{CC4}\\u{CC6}-\\u{CC8}',
  '\\u{CCA}-\\u{CCD}\\u{CD5}-\\u{CD6}\\u{CDC}-\\u{CDE}\\u{CE0}-\\u{CE3}\\u{CF1}-\\u{CF3}\\u{D00}-\\u{D0C}',
  '\\u{D0E}-\\u{D10}\\u{D12}-\\u{D44}\\u{D46}-\\u{D48}\\u{D4A}-\\u{D4E}\\u{D54}-\\u{D57}\\u{D5F}-\\u{D63}',
  '\\u{D7A}-\\u{D7F}\\u{D81}-\\u{D83}\\u{D85}-\\u{D96}\\u{D9A}-\\u{DB1}\\u{DB3}-\\u{DBB}\\u{DBD}\\u{DC0}-\\u{DC6}',
  '\\u{DCA}\\u{DCF}-\\u{DD4}\\u{DD6}\\u{DD8}-\\u{DDF}\\u{DF2}-\\u{DF3}\\u{1000}-\\u{103F}\\u{1050}-\\u{108F}',
  '\\u{109A}-\\u{109D}\\u{1780}-\\u{17D3}\\u{17D7}\\u{17DC}-\\u{17DD}\\u{1820}-\\u{1878}\\u{1880}-\\u{18AA}',
  '\\u{1CD0}-\\u{1CD2}\\u{1CD4}-\\u{1CE0}\\u{1CE2}-\\u{1CE8}\\u{1CED}\\u{1CF4}\\u{1CF8}-\\u{1CF9}\\u{20F0}',
  '\\u{A8E0}-\\u{A8F7}\\u{A8FB}\\u{A8FD}-\\u{A8FF}\\u{A9E0}-\\u{A9EF}\\u{A9FA}-\\u{A9FE}\\u{AA60}-\\u{AA76}',
  '\\u{AA7A}-\\u{AA7F}\\u{FB50}-\\u{FBB1}\\u{FBD3}-\\u{FD3D}\\u{FD50}-\\u{FD8F}\\u{FD92}-\\u{FDC7}',
  '\\u{FDF0}-\\u{FDFB}\\u{FE70}-\\u{FE74}\\u{FE76}-\\u{FEFC}\\u{102E0}\\u{10EC2}-\\u{10EC7}\\u{10EFA}-\\u{10EFF}',
  '\\u{1E900}-\\u{1E94B}\\u{1EE00}-\\u{1EE03}\\u{1EE05}-\\u{1EE1F}\\u{1EE21}-\\u{1EE22}\\u{1EE24}\\u{1EE27}',
  '\\u{1EE29}-\\u{1EE32}\\u{1EE34}-\\u{1EE37}\\u{1EE39}\\u{1EE3B}\\u{1EE42}\\u{1EE47}\\u{1EE49}\\u{1EE4B}',
  '\\u{1EE4D}-\\u{1EE4F}\\u{1EE51}-\\u{1EE52}\\u{1EE54}\\u{1EE57}\\u{1EE59}\\u{1EE5B}\\u{1EE5D}\\u{1EE5F}',
  '\\u{1EE61}-\\u{1EE62}\\u{1EE64}\\u{1EE67}-\\u{1EE6A}\\u{1EE6C}-\\u{1EE72}\\u{1EE74}-\\u{1EE77}',
  '\\u{1EE79}-\\u{1EE7C}\\u{1EE7E}\\u{1EE80}-\\u{1EE89}\\u{1EE8B}-\\u{1EE9B}\\u{1EEA1}-\\u{1EEA3}',
  '\\u{1EEA5}-\\u{1EEA9}\\u{1EEAB}-\\u{1EEBB}',
].join('')

/** What emoji are joined from. */
export const pictographic = [
  '\\u{A9}\\u{AE}\\u{203C}\\u{2049}\\u{2122}\\u{2139}\\u{2194}-\\u{2199}\\u{21A9}-\\u{21AA}\\u{231A}-\\u{231B}',
  '\\u{2328}\\u{23CF}\\u{23E9}-\\u{23F3}\\u{23F8}-\\u{23FA}\\u{24C2}\\u{25AA}-\\u{25AB}\\u{25B6}\\u{25C0}',
  '\\u{25FB}-\\u{25FE}\\u{2600}-\\u{2604}\\u{260E}\\u{2611}\\u{2614}-\\u{2615}\\u{2618}\\u{261D}\\u{2620}',
  '\\u{2622}-\\u{2623}\\u{2626}\\u{262A}\\u{262E}-\\u{262F}\\u{2638}-\\u{263A}\\u{2640}\\u{2642}\\u{2648}-\\u{2653}',
  '\\u{265F}-\\u{2660}\\u{2663}\\u{2665}-\\u{2666}\\u{2668}\\u{267B}\\u{267E}-\\u{267F}\\u{2692}-\\u{2697}\\u{2699}',
  '\\u{269B}-\\u{269C}\\u{26A0}-\\u{26A1}\\u{26A7}\\u{26AA}-\\u{26AB}\\u{26B0}-\\u{26B1}\\u{26BD}-\\u{26BE}',
  '\\u{26C4}-\\u{26C5}\\u{26C8}\\u{26CE}-\\u{26CF}\\u{26D1}\\u{26D3}-\\u{26D4}\\u{26E9}-\\u{26EA}',
  '\\u{26F0}-\\u{26F5}\\u{26F7}-\\u{26FA}\\u{26FD}\\u{2702}\\u{2705}\\u{2708}-\\u{270D}\\u{270F}\\u{2712}\\u{2714}',
  '\\u{2716}\\u{271D}\\u{2721}\\u{2728}\\u{2733}-\\u{2734}\\u{2744}\\u{2747}\\u{274C}\\u{274E}\\u{2753}-\\u{2755}',
  '\\u{2757}\\u{2763}-\\u{2764}\\u{2795}-\\u{2797}\\u{27A1}\\u{27B0}\\u{27BF}\\u{2934}-\\u{2935}\\u{2B05}-\\u{2B07}',
  '\\u{2B1B}-\\u{2B1C}\\u{2B50}\\u{2B55}\\u{3030}\\u{303D}\\u{3297}\\u{3299}\\u{1F004}\\u{1F02C}-\\u{1F02F}',
  '\\u{1F094}-\\u{1F09F}\\u{1F0AF}-\\u{1F0B0}\\u{1F0C0}\\u{1F0CF}-\\u{1F0D0}\\u{1F0F6}-\\u{1F0FF}',
  '\\u{1F170}-\\u{1F171}\\u{1F17E}-\\u{1F17F}\\u{1F18E}\\u{1F191}-\\u{1F19A}\\u{1F1AE}-\\u{1F1E5}',
  '\\u{1F201}-\\u{1F20F}\\u{1F21A}\\u{1F22F}\\u{1F232}-\\u{1F23A}\\u{1F23C}-\\u{1F23F}\\u{1F249}-\\u{1F25F}',
  '\\u{1F266}-\\u{1F321}\\u{1F324}-\\u{1F393}\\u{1F396}-\\u{1F397}\\u{1F399}-\\u{1F39B}\\u{1F39E}-\\u{1F3F0}',
  '\\u{1F3F3}-\\u{1F3F5}\\u{1F3F7}-\\u{1F3FA}\\u{1F400}-\\u{1F4FD}\\u{1F4FF}-\\u{1F53D}\\u{1F549}-\\u{1F54E}',
  '\\u{1F550}-\\u{1F567}\\u{1F56F}-\\u{1F570}\\u{1F573}-\\u{1F57A}\\u{1F587}\\u{1F58A}-\\u{1F58D}\\u{1F590}',
  '\\u{1F595}-\\u{1F596}\\u{1F5A4}-\\u{1F5A5}\\u{1F5A8}\\u{1F5B1}-\\u{1F5B2}\\u{1F5BC}\\u{1F5C2}-\\u{1F5C4}',
  '\\u{1F5D1}-\\u{1F5D3}\\u{1F5DC}-\\u{1F5DE}\\u{1F5E1}\\u{1F5E3}\\u{1F5E8}\\u{1F5EF}\\u{1F5F3}',
  '\\u{1F5FA}-\\u{1F64F}\\u{1F680}-\\u{1F6C5}\\u{1F6CB}-\\u{1F6D2}\\u{1F6D5}-\\u{1F6E5}\\u{1F6E9}',
  '\\u{1F6EB}-\\u{1F6F0}\\u{1F6F3}-\\u{1F6FF}\\u{1F7DA}-\\u{1F7FF}\\u{1F80C}-\\u{1F80F}\\u{1F848}-\\u{1F84F}',
  '\\u{1F85A}-\\u{1F85F}\\u{1F888}-\\u{1F88F}\\u{1F8AE}-\\u{1F8AF}\\u{1F8BC}-\\u{1F8BF}\\u{1F8C2}-\\u{1F8CF}',
  '\\u{1F8D9}-\\u{1F8FF}\\u{1F90C}-\\u{1F93A}\\u{1F93C}-\\u{1F945}\\u{1F947}-\\u{1F9FF}\\u{1FA58}-\\u{1FA5F}',
  '\\u{1FA6E}-\\u{1FAFF}\\u{1FC00}-\\u{1FFFD}',
].join('')

/** Emoji that are drawn as text unless a selector follows; digits, # and * apart. */
export const textEmoji = [
  '\\u{A9}\\u{AE}\\u{203C}\\u{2049}\\u{2122}\\u{2139}\\u{2194}-\\u{2199}\\u{21A9}-\\u{21AA}\\u{2328}\\u{23CF}',
  '\\u{23ED}-\\u{23EF}\\u{23F1}-\\u{23F2}\\u{23F8}-\\u{23FA}\\u{24C2}\\u{25AA}-\\u{25AB}\\u{25B6}\\u{25C0}',
  '\\u{25FB}-\\u{25FC}\\u{2600}-\\u{2604}\\u{260E}\\u{2611}\\u{2618}\\u{261D}\\u{2620}\\u{2622}-\\u{2623}\\u{2626}',
  '\\u{262A}\\u{262E}-\\u{262F}\\u{2638}-\\u{263A}\\u{2640}\\u{2642}\\u{265F}-\\u{2660}\\u{2663}\\u{2665}-\\u{2666}',
  '\\u{2668}\\u{267B}\\u{267E}\\u{2692}\\u{2694}-\\u{2697}\\u{2699}\\u{269B}-\\u{269C}\\u{26A0}\\u{26A7}',
  '\\u{26B0}-\\u{26B1}\\u{26C8}\\u{26CF}\\u{26D1}\\u{26D3}\\u{26E9}\\u{26F0}-\\u{26F1}\\u{26F4}\\u{26F7}-\\u{26F9}',
  '\\u{2702}\\u{2708}-\\u{2709}\\u{270C}-\\u{270D}\\u{270F}\\u{2712}\\u{2714}\\u{2716}\\u{271D}\\u{2721}',
  '\\u{2733}-\\u{2734}\\u{2744}\\u{2747}\\u{2763}-\\u{2764}\\u{27A1}\\u{2934}-\\u{2935}\\u{2B05}-\\u{2B07}\\u{3030}',
  '\\u{303D}\\u{3297}\\u{3299}\\u{1F170}-\\u{1F171}\\u{1F17E}-\\u{1F17F}\\u{1F202}\\u{1F237}\\u{1F321}',
  '\\u{1F324}-\\u{1F32C}\\u{1F336}\\u{1F37D}\\u{1F396}-\\u{1F397}\\u{1F399}-\\u{1F39B}\\u{1F39E}-\\u{1F39F}',
  '\\u{1F3CB}-\\u{1F3CE}\\u{1F3D4}-\\u{1F3DF}\\u{1F3F3}\\u{1F3F5}\\u{1F3F7}\\u{1F43F}\\u{1F441}\\u{1F4FD}',
  '\\u{1F549}-\\u{1F54A}\\u{1F56F}-\\u{1F570}\\u{1F573}-\\u{1F579}\\u{1F587}\\u{1F58A}-\\u{1F58D}\\u{1F590}',
  '\\u{1F5A5}\\u{1F5A8}\\u{1F5B1}-\\u{1F5B2}\\u{1F5BC}\\u{1F5C2}-\\u{1F5C4}\\u{1F5D1}-\\u{1F5D3}',
  '\\u{1F5DC}-\\u{1F5DE}\\u{1F5E1}\\u{1F5E3}\\u{1F5E8}\\u{1F5EF}\\u{1F5F3}\\u{1F5FA}\\u{1F6CB}',
  '\\u{1F6CD}-\\u{1F6CF}\\u{1F6E0}-\\u{1F6E5}\\u{1F6E9}\\u{1F6F0}\\u{1F6F3}',
].join('')

/** Emoji that are drawn in color unless a selector follows. */
export const colorEmoji = [
  '\\u{231A}-\\u{231B}\\u{23E9}-\\u{23EC}\\u{23F0}\\u{23F3}\\u{25FD}-\\u{25FE}\\u{2614}-\\u{2615}',
  '\\u{2648}-\\u{2653}\\u{267F}\\u{2693}\\u{26A1}\\u{26AA}-\\u{26AB}\\u{26BD}-\\u{26BE}\\u{26C4}-\\u{26C5}\\u{26CE}',
  '\\u{26D4}\\u{26EA}\\u{26F2}-\\u{26F3}\\u{26F5}\\u{26FA}\\u{26FD}\\u{2705}\\u{270A}-\\u{270B}\\u{2728}\\u{274C}',
  '\\u{274E}\\u{2753}-\\u{2755}\\u{2757}\\u{2795}-\\u{2797}\\u{27B0}\\u{27BF}\\u{2B1B}-\\u{2B1C}\\u{2B50}\\u{2B55}',
  '\\u{1F004}\\u{1F0CF}\\u{1F18E}\\u{1F191}-\\u{1F19A}\\u{1F201}\\u{1F21A}\\u{1F22F}\\u{1F232}-\\u{1F236}',
  '\\u{1F238}-\\u{1F23A}\\u{1F250}-\\u{1F251}\\u{1F300}-\\u{1F320}\\u{1F32D}-\\u{1F335}\\u{1F337}-\\u{1F37C}',
  '\\u{1F37E}-\\u{1F393}\\u{1F3A0}-\\u{1F3CA}\\u{1F3CF}-\\u{1F3D3}\\u{1F3E0}-\\u{1F3F0}\\u{1F3F4}',
  '\\u{1F3F8}-\\u{1F3FA}\\u{1F400}-\\u{1F43E}\\u{1F440}\\u{1F442}-\\u{1F4FC}\\u{1F4FF}-\\u{1F53D}',
  '\\u{1F54B}-\\u{1F54E}\\u{1F550}-\\u{1F567}\\u{1F57A}\\u{1F595}-\\u{1F596}\\u{1F5A4}\\u{1F5FB}-\\u{1F64F}',
  '\\u{1F680}-\\u{1F6C5}\\u{1F6CC}\\u{1F6D0}-\\u{1F6D2}\\u{1F6D5}-\\u{1F6D8}\\u{1F6DC}-\\u{1F6DF}',
  '\\u{1F6EB}-\\u{1F6EC}\\u{1F6F4}-\\u{1F6FC}\\u{1F7E0}-\\u{1F7EB}\\u{1F7F0}\\u{1F90C}-\\u{1F93A}',
  '\\u{1F93C}-\\u{1F945}\\u{1F947}-\\u{1F9FF}\\u{1FA70}-\\u{1FA7C}\\u{1FA80}-\\u{1FA8A}\\u{1FA8E}-\\u{1FAC6}',
  '\\u{1FAC8}\\u{1FACD}-\\u{1FADC}\\u{1FADF}-\\u{1FAEA}\\u{1FAEF}-\\u{1FAF8}',
].join('')

/** Ideographs, which have variants. */
export const ideograph = [
  '\\u{3400}-\\u{4DBF}\\u{4E00}-\\u{9FFF}\\u{FA0E}-\\u{FA0F}\\u{FA11}\\u{FA13}-\\u{FA14}\\u{FA1F}\\u{FA21}',
  '\\u{FA23}-\\u{FA24}\\u{FA27}-\\u{FA29}\\u{20000}-\\u{2A6DF}\\u{2A700}-\\u{2B81D}\\u{2B820}-\\u{2CEAD}',
  '\\u{2CEB0}-\\u{2EBE0}\\u{2EBF0}-\\u{2EE5D}\\u{30000}-\\u{3134A}\\u{31350}-\\u{33479}',
].join('')

/** Letters of Mongolian, which have variants. */
export const mongolian = '\\u{1820}-\\u{1878}\\u{1880}-\\u{1884}\\u{1887}-\\u{18A8}\\u{18AA}'

/** The tags of the flags that are drawn from them, as alternatives. */
export const flagTags = [
  '\\u{E0067}\\u{E0062}\\u{E0065}\\u{E006E}\\u{E0067}\\u{E007F}',
  '|\\u{E0067}\\u{E0062}\\u{E0073}\\u{E0063}\\u{E0074}\\u{E007F}',
  '|\\u{E0067}\\u{E0062}\\u{E0077}\\u{E006C}\\u{E0073}\\u{E007F}',
].join('')
