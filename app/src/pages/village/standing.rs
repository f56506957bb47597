//! Where a visit stands with the village, in words (ux 11: village.*). How strong an answer is stands
//! beside it, always.

use super::answers::result_words;
use super::changed::changes_words;
use crate::dates;
use crate::device;
use crate::phone::Phone;
use crate::phrase;
use crate::ui::{Mark, Tag};
use crate::words::{say, say_with};
use domain::actor::Actor;
use domain::calendar::local_date;
use domain::confirmation::{Answer, Standing, Strength};
use domain::entry::Body;
use domain::ids::KnockId;
use domain::policy::Policy;
use domain::student::VisitLine;
use domain::sync::Replica;
use domain::vocabulary::{CadreRole, ConfirmationResult};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// 村支书
pub fn role_words(role: &CadreRole) -> String {
    phrase::worded("cadre_role", role.code(), role.term())
}

/// 村支书 吐尔逊
pub fn who(role: &CadreRole, name: Option<&str>) -> String {
    match name {
        Some(name) if *role == CadreRole::Other => name.to_owned(),
        Some(name) => format!("{} {name}", role_words(role)),
        None => role_words(role),
    }
}

/// 登录核对 · 凭码，未登录 · 在老师手机上 · 纸上签字
pub fn strength_words(strength: Strength) -> &'static str {
    match strength {
        Strength::SignedIn => say("strength.SIGNED_IN"),
        Strength::ByCode => say("strength.BY_CODE"),
        Strength::TeachersPhone => say("strength.TEACHERS_PHONE"),
        Strength::OnPaper => say("strength.ON_PAPER"),
    }
}

/// The mark and the words of where a visit stands; nothing when the village is not asked.
pub fn standing(line: &VisitLine, policy: &Policy) -> Option<(Mark, String)> {
    let decides = line.answer();
    Some(match line.standing(policy) {
        Standing::NotNeeded => return None,
        Standing::Waiting => {
            if let Some(answer) = decides {
                // Written down by a teacher, where the county wants the village's own word.
                let mark =
                    if answer.strength == Strength::OnPaper { Mark::Paper } else { Mark::VillageWaiting };
                let values = [("result", result_words(&answer.result)), ("who", told_by(answer))];
                (
                    mark,
                    say_with(
                        "village.witnessed",
                        &values.each_ref().map(|(name, value)| (*name, value.as_str())),
                    ),
                )
            } else {
                let days = (device::today() - local_date(line.started_at)).num_days().max(0);
                let key = if days == 0 { "village.waiting_today" } else { "village.waiting" };
                (Mark::VillageWaiting, say_with(key, &[("n", &days.to_string())]))
            }
        }
        Standing::Confirmed => (
            if decides.is_some_and(|answer| answer.strength == Strength::OnPaper) {
                Mark::Paper
            } else {
                Mark::VillageConfirmed
            },
            say_with("village.confirmed", &[("who", &decides.map(told_by).unwrap_or_default())]),
        ),
        Standing::Corrected => (
            Mark::VillageCorrected,
            say_with(
                "village.corrected",
                &[
                    ("what", &decides.map(what).unwrap_or_default()),
                    ("who", &decides.map(told_by).unwrap_or_default()),
                ],
            ),
        ),
        Standing::Unable => (Mark::VillageWaiting, say("village.unable").to_owned()),
        Standing::ChangedAfter => {
            let words = match line.changes(policy) {
                changes if changes.is_empty() => say("village.changed").to_owned(),
                changes => say_with("village.changed_what", &[("what", &changes_words(&changes))]),
            };
            (Mark::Changed, words)
        }
    })
}

/// 也有人说: what others of the village said otherwise than the answer that speaks for it. Both are kept.
fn otherwise(line: &VisitLine) -> Vec<String> {
    let Some(decides) = line.answer() else { return Vec::new() };
    let differs =
        |answer: &&Answer| !answer.disputed && answer.fits(&line.mark) && answer.result != decides.result;
    let words = line.answers.iter().filter(differs).map(|answer| {
        let who = told_by(answer);
        if answer.result == ConfirmationResult::Corrected {
            say_with("village.beside_corrected", &[("what", &what(answer)), ("who", &who)])
        } else {
            say_with("village.beside", &[("result", &result_words(&answer.result)), ("who", &who)])
        }
    });
    words.collect()
}

/// 村支书 吐尔逊 · 今天 17:47 · 登录核对
pub fn told_by(answer: &Answer) -> String {
    let who = who(&answer.role, answer.name.as_deref());
    format!("{who} · {} · {}", dates::moment(answer.at, device::now()), strength_words(answer.strength))
}

/// 孩子现在不在家、“全家去浙江了”
pub fn what(answer: &Answer) -> String {
    let mut parts: Vec<String> =
        answer.discrepancies.iter().map(|d| phrase::worded("wrong", d.code(), d.term())).collect();
    parts.extend(answer.comment.as_ref().map(|comment| format!("“{comment}”")));
    if parts.is_empty() { result_words(&answer.result) } else { parts.join(say("list.comma")) }
}

/// The visit of a knock as it stands on this phone.
pub fn line_of(replica: &Replica, me: &Actor, knock: KnockId) -> Option<VisitLine> {
    let here = replica
        .outbox
        .iter()
        .filter(|q| q.entry.knock == Some(knock))
        .filter_map(|q| q.entry.subject.student());
    let named = knock.to_string();
    let files = replica.caseload.files.values().filter(|file| file.student.state.may_mention(&named));
    let known = files
        .filter(|file| file.student.state.visits.iter().any(|line| line.knock == knock))
        .map(|file| file.student.id);
    here.chain(known)
        .filter_map(|student| replica.file(student, me))
        .find_map(|file| file.student.state.into_inner().visits.into_iter().find(|line| line.knock == knock))
}

/// A visit with the village's answers that were written down on this phone and are not back yet.
pub fn with_answers_here(mut line: VisitLine, replica: &Replica) -> VisitLine {
    for queued in &replica.outbox {
        let entry = &queued.entry;
        if let Body::Confirmation(given) = &entry.body
            && entry.knock == Some(line.knock)
            && !queued.progress.is_back()
            && line.answers.iter().all(|answer| answer.entry != entry.id)
        {
            line.answers.retain(|answer| Some(answer.entry) != entry.supersedes);
            line.answers.push(Answer {
                entry: entry.id,
                result: given.result.clone(),
                strength: Strength::of(&given.proof, true),
                role: given.role.clone(),
                name: given.name.clone(),
                user: None,
                at: entry.recorded_at,
                shown: given.shown.clone(),
                discrepancies: given.discrepancies.clone(),
                comment: given.comment.clone(),
                disputed: false,
            });
        }
    }
    line
}

/// A receipt code that was read back on this phone, until the answer itself arrives.
pub fn heard(phone: Phone, knock: KnockId) -> RwSignal<Option<ConfirmationResult>> {
    let heard = RwSignal::new(None);
    spawn_local(async move {
        if let Some(result) = phone.recall(&receipt_key(knock)).await {
            let _ = heard.try_set(Some(result));
        }
    });
    heard
}

/// Whether the village has said its word about the visit as it stands: then nobody need be asked at the
/// door, even where the county waits for the village's own list.
pub fn is_answered(phone: Phone, line: &VisitLine, heard: Option<&ConfirmationResult>) -> bool {
    let line = phone.replica.with(|replica| with_answers_here(line.clone(), replica));
    line.answer().is_some() || heard.is_some() && line.answers.is_empty()
}

/// The key under which a receipt code that was read back is remembered.
pub fn receipt_key(knock: KnockId) -> String {
    format!("receipt/{knock}")
}

/// Where a visit stands with the village: a mark and a line. A receipt code read back on this phone
/// counts until the answer itself arrives.
#[component]
pub fn VillageStanding(
    #[prop(into)] line: Signal<VisitLine>,
    /// Says nothing while nobody has answered: the screen is about that.
    #[prop(optional)]
    quiet: bool,
    /// A receipt code read back, where the screen knows of one.
    #[prop(optional)]
    heard: Option<RwSignal<Option<ConfirmationResult>>>,
) -> impl IntoView {
    let phone = Phone::get();
    let heard = heard.unwrap_or_else(|| self::heard(phone, line.read_untracked().knock));
    // An answer may come in while the screen stands.
    let now = Memo::new(move |_| {
        let known = line.get();
        let me = phone.me.read();
        me.as_ref().and_then(|me| line_of(&phone.replica.read(), me, known.knock)).unwrap_or(known)
    });
    let line = Memo::new(move |_| with_answers_here(now.get(), &phone.replica.read()));
    let words = move || {
        let replica = phone.replica.read();
        let line = line.read();
        match (standing(&line, &replica.directory.policy)?, heard.get()) {
            ((Mark::VillageWaiting, _), Some(result)) if line.answers.is_empty() => {
                Some(heard_words(&result))
            }
            _ if quiet && line.answers.is_empty() => None,
            (stands, _) => Some(stands),
        }
    };
    move || {
        words().map(|(mark, words)| {
            let beside = otherwise(&line.read());
            view! {
                <p class="village-standing"><Tag mark=mark word=words /></p>
                {beside.into_iter().map(|words| view! { <p class="village-standing">{words}</p> }).collect_view()}
            }
        })
    }
}

/// 村里已核对：属实（回执码）
pub fn heard_words(result: &ConfirmationResult) -> (Mark, String) {
    let mark = match result {
        ConfirmationResult::Confirmed => Mark::VillageConfirmed,
        ConfirmationResult::Corrected => Mark::VillageCorrected,
        _ => Mark::VillageWaiting,
    };
    (mark, say_with("village.heard", &[("result", &result_words(result))]))
}
