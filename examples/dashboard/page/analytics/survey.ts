import type { Client } from '../client.ts'
import { element } from '../element.ts'

/** The question of the quarter, where it is due. */
export async function surveyForm(
  supabase: Client,
  attempt: (work: () => Promise<void>) => Promise<void>,
): Promise<Node[]> {
  const { data } = await supabase.rpc('my_survey').throwOnError()
  if (!data.isDue) return []
  const form = element('fieldset', { className: 'survey' })
  const answer = async (score: number) => {
    await supabase.rpc('answer_survey', { score }).throwOnError()
    form.replaceChildren('Thank you.')
  }
  form.append(
    element('legend', {}, 'How likely is it that you recommend this?'),
    ...Array.from({ length: 11 }, (_, score) =>
      element('button', { type: 'button', onclick: () => attempt(() => answer(score)) }, String(score)),
    ),
  )
  return [form]
}
