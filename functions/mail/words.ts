import type { MailedNotification } from '../../types/mail.ts'

/** What mails say, in one language. A subject is the same for everybody: nothing typed by people gets into a header. */
export interface Words {
  direction: 'ltr' | 'rtl'
  invitation: {
    subject: string
    text(inviter: string, workspace: string, role: string): string
    button: string
    expires(date: string): string
    unexpected: string
  }
  notification: {
    subject: string
    button: string
    reason(workspace: string): string
    unsubscribe: string
    /** What a kind says, where it is known; undefined for the English of the notification itself. */
    title(notification: MailedNotification): string | undefined
  }
}

const en: Words = {
  direction: 'ltr',
  invitation: {
    subject: 'You are invited to a workspace',
    text: (inviter, workspace, role) => `${inviter} invites you to the workspace ${workspace}, as ${role}.`,
    button: 'Open the invitation',
    expires: (date) => `It is valid until ${date}, for this address.`,
    unexpected: 'If you did not expect it, you need not do anything.',
  },
  notification: {
    subject: 'News from your workspace',
    button: 'Open',
    reason: (workspace) => `You get this because of your settings for notifications of ${workspace}.`,
    unsubscribe: 'No more mails of this kind',
    title: () => undefined,
  },
}

/** In Arabic: somebody whose account is deleted. */
const nobody = 'مستخدم محذوف'

function listingReviewed(outcome: string, listing: string): string | undefined {
  if (outcome === 'published') return `نُشر ${listing} في السوق`
  if (outcome === 'refused') return `لم يُقبل ${listing} في السوق`
  if (outcome === 'taken_down') return `أُزيل ${listing} من السوق`
  if (outcome === 'allowed_again') return `يمكن تقديم ${listing} إلى السوق مجددًا`
  return undefined
}

const ar: Words = {
  direction: 'rtl',
  invitation: {
    subject: 'دعوة للانضمام إلى مساحة عمل',
    text: (inviter, workspace, role) =>
      `يدعوك ${inviter} للانضمام إلى مساحة العمل ${workspace} بدور ${role}.`,
    button: 'فتح الدعوة',
    expires: (date) => `الدعوة صالحة حتى ${date} لهذا العنوان فقط.`,
    unexpected: 'إذا لم تكن تتوقع هذه الدعوة فلا حاجة لفعل شيء.',
  },
  notification: {
    subject: 'جديد في مساحة عملك',
    button: 'فتح',
    reason: (workspace) => `تصلك هذه الرسالة وفقًا لإعدادات إشعاراتك في ${workspace}.`,
    unsubscribe: 'إيقاف رسائل هذا النوع',
    title({ kind, count, payload }) {
      const name = (key: string) => {
        const value = payload[key]
        return typeof value === 'object' && value !== null && 'name' in value ? String(value.name) : ''
      }
      if (kind === 'member_joined')
        return count > 1 ? `انضم ${count} أشخاص` : `انضم ${name('actor') || nobody} بدور ${name('role')}`
      if (kind === 'invitation_declined')
        return count > 1 ? `رفض ${count} أشخاص دعواتك` : `رفض ${payload.email ?? nobody} دعوتك`
      if (kind === 'role_changed') return `أصبح دورك ${name('role')}`
      if (kind === 'view_shared')
        return count > 1 ? `تمت مشاركة ${count} لوحات معك` : `تمت مشاركة ${name('view')} معك`
      if (kind === 'member_removed') return `تمت إزالتك من ${name('workspace')}`
      if (kind === 'ownership_transferred') return `تم نقل إدارة ${name('workspace')} إليك`
      if (kind === 'plan_changed') return `أصبحت خطة ${name('workspace')} هي ${name('plan')}`
      if (kind === 'payment_failed') return `تعذّر الدفع لمساحة العمل ${name('workspace')}`
      if (kind === 'payment_action_required') return `يلزم تأكيد الدفع لمساحة العمل ${name('workspace')}`
      if (kind === 'trial_ending') return `تنتهي الفترة التجريبية لمساحة العمل ${name('workspace')} قريبًا`
      if (kind === 'support_answer') return `ردّ فريق الدعم على طلبك: ${name('ticket')}`
      if (kind === 'listing_reviewed') return listingReviewed(String(payload.outcome), name('listing'))
      if (kind === 'destination_paused') return `توقّف إرسال الأحداث إلى ${name('destination')}`
      if (kind === 'source_failing') return `مصدر البيانات ${name('source')} لا يقدّم بيانات`
      return undefined
    },
  },
}

export const languages: Record<string, Words> = { en, ar }

/** The words of a language tag such as `ar-EG`, English where there are none. */
export function wordsFor(locale: string): Words & { language: string } {
  const [language = ''] = locale.toLowerCase().split('-')
  const words = languages[language]
  return words ? { ...words, language } : { ...en, language: 'en' }
}
