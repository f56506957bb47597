//! Whether an entry may stand (裁定): every rule by which the server takes an entry, keeps it for the
//! office or gives it back. The reference hub and the server ask the same function.

use crate::access::{Facet, Place, may_write};
use crate::actor::{Actor, Role};
use crate::confirmation::{self, Proof, Seal, opens};
use crate::entry::{Body, Entry, Kind, Subject};
use crate::ids::{EntryId, StudentId, UserId, VillageId};
use crate::length::too_long;
use crate::problem::Problem;
use crate::register::Source;
use crate::review::Verdict as Reviewed;
use crate::student::StudentState;
use crate::visit::Visit;
use crate::vocabulary::{ConfirmationResult, Settled};

/// What is known around an entry when it arrives.
#[derive(Clone, Debug, Default)]
pub struct Facts<'a> {
    /// Where the subject is at home; `None` = there is no such subject in the county.
    pub place: Option<&'a Place>,
    /// Where the student stands that the entry is about (`about`).
    pub state: Option<&'a StudentState>,
    /// The entry that `refers_to` names, if it is known.
    pub referred: Option<Known>,
    /// The knock of the envelope, if its visit has arrived.
    pub knock: Option<KnownKnock<'a>>,
    /// The actor had the right at the phone's last pull, though no longer now.
    pub had_right: bool,
}

/// An entry that stands in the file already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Who wrote it.
    pub author: UserId,
    /// Its kind.
    pub kind: Option<Kind>,
    /// Whom it is about.
    pub subject: Subject,
    /// An answer that somebody of the village gave under their own sign-in: theirs alone to disown.
    pub signed_in: bool,
}

/// A knock whose visit has arrived.
#[derive(Clone, Copy, Debug)]
pub struct KnownKnock<'a> {
    /// Who wrote the visit.
    pub author: UserId,
    /// Its village.
    pub village: VillageId,
    /// What lets the village answer; `None` when no answer is asked for.
    pub seal: Option<&'a Seal>,
}

/// What becomes of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It stands.
    Accept,
    /// The office decides: an entry whose author has no right to it, or not any more, and a kind
    /// that only a newer server knows. Never the bin: it may be the honest work of yesterday.
    Quarantine,
    /// Back to its author, with what is wrong.
    Refuse(Vec<Problem>),
}

/// The entry that this one speaks of: what it stands instead of, takes back, adds to or reviews.
pub fn refers_to(entry: &Entry) -> Option<EntryId> {
    entry.supersedes.or(match &entry.body {
        Body::Withdrawal(withdrawal) => Some(withdrawal.of),
        Body::Supplement(supplement) => supplement.visit,
        Body::Review(review) => Some(review.of),
        Body::SightingAnswer(answer) => Some(answer.of),
        Body::SafeguardingHandled(handled) => Some(handled.of),
        // An entry that was kept stands in no file yet; whose office it waits for is known where it is kept.
        Body::Settlement(settlement) => (!settlement.is_of_kept()).then_some(settlement.of),
        Body::Dispute(dispute) => Some(dispute.of),
        _ => None,
    })
}

/// The student an entry speaks of: its subject, or the child on the card a cadre said something about.
pub const fn about(entry: &Entry) -> Option<StudentId> {
    match (&entry.body, entry.subject) {
        (_, Subject::Student(id)) => Some(id),
        (Body::VillageNote(note), Subject::Village(_)) => note.about,
        _ => None,
    }
}

/// Decides about one entry.
pub fn judge(actor: &Actor, entry: &Entry, facts: &Facts<'_>) -> Verdict {
    let Some(facet) = Facet::of(&entry.body) else { return Verdict::Quarantine };
    let Some(place) = facts.place else {
        return Verdict::Refuse(vec![Problem::at("subject", "SUBJECT_UNKNOWN")]);
    };
    let has_right = may_write(actor, facet, place) || facts.had_right;
    // Kept, it would tell the office that there is a report; any other answer, its writer.
    if facet == Facet::Of(Kind::SafeguardingHandled) && !has_right {
        return Verdict::Refuse(vec![Problem::of("NOT_YOURS")]);
    }
    let problems = problems(actor, entry, facts);
    if !problems.is_empty() {
        return Verdict::Refuse(problems);
    }
    if has_right {
        return Verdict::Accept;
    }
    if place.county == Some(actor.county) {
        // Whoever sees harm may say so (未保法11), and no office is told of it in any form.
        let report = facet == Facet::Of(Kind::SafeguardingReport);
        return if report { Verdict::Accept } else { Verdict::Quarantine };
    }
    Verdict::Refuse(vec![Problem::of("NOT_YOURS")])
}

fn problems(actor: &Actor, entry: &Entry, facts: &Facts<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut require = |holds: bool, problem: Problem| {
        if !holds {
            problems.push(problem);
        }
    };
    let about_student = matches!(entry.subject, Subject::Student(_));
    let refers = refers_to(entry);
    if refers.is_some() {
        let fits = facts.referred.is_some_and(|known| may_refer(actor, entry, known));
        require(fits, Problem::at("of", "REFERS_TO_NOTHING_OF_YOURS"));
    }
    if let Some(field) = too_long(&entry.body) {
        require(false, Problem::at(field, "TOO_LONG"));
    }
    match &entry.body {
        Body::Visit(visit) => {
            require(about_student, Problem::at("subject", "NOT_A_STUDENT"));
            require(entry.knock.is_some(), Problem::at("knock", "REQUIRED"));
            require(facts.knock.is_none_or(|k| k.author == actor.user), Problem::at("knock", "NOT_YOURS"));
            visit_holds(visit, &mut require);
        }
        Body::Confirmation(confirmation) => {
            for problem in confirmation::problems(confirmation, entry.knock) {
                require(false, problem);
            }
            require(matches!(entry.subject, Subject::Village(_)), Problem::at("subject", "NOT_A_VILLAGE"));
            confirmation_fits(actor, entry, &confirmation.proof, facts, &mut require);
            let told = !confirmation.discrepancies.is_empty() || confirmation.comment.is_some();
            require(
                confirmation.result != ConfirmationResult::Corrected || told,
                Problem::at("discrepancies", "REQUIRED"),
            );
        }
        Body::Review(review) => require(
            review.verdict == Reviewed::Seen || review.words.as_deref().is_some_and(|w| !w.trim().is_empty()),
            Problem::at("words", "REQUIRED"),
        ),
        Body::Settlement(settlement) => require(
            settlement.how != Settled::Returned
                || settlement.words.as_deref().is_some_and(|w| !w.trim().is_empty()),
            Problem::at("words", "REQUIRED"),
        ),
        Body::Return(back) => {
            let since = facts.state.and_then(|s| s.absence.as_ref()).map(|spell| spell.first_absent_on);
            require(
                since.is_none_or(|since| back.returned_on >= since),
                Problem::at("returned_on", "BEFORE_ABSENCE"),
            );
        }
        Body::Register(register) => {
            let known = facts.state.and_then(|s| s.basics.clone());
            let fits = known.is_some_and(|mut b| b.set(&register.field, register.to.as_deref()));
            require(fits, Problem::at("field", "FIELD_UNKNOWN"));
            let number = register.to.as_deref().filter(|to| register.is_phone() && !to.is_empty());
            if let Some(Err(problem)) = number.map(crate::phone::parse) {
                require(false, Problem { field: "to".into(), ..problem });
            }
            require(
                register.source == Source::Person || actor.is(Role::Office),
                Problem::at("source", "NOT_YOURS"),
            );
        }
        Body::SafeguardingReport(report) => {
            require(!report.what.trim().is_empty(), Problem::at("what", "REQUIRED"));
        }
        Body::SafeguardingHandled(handled) => {
            require(!handled.done.trim().is_empty(), Problem::at("done", "REQUIRED"));
            require(entry.supersedes.is_none(), Problem::at("supersedes", "NEVER_CHANGED"));
        }
        Body::VillageNote(note) => {
            let words = note.words.as_deref().unwrap_or_default().trim();
            require(note.told.is_some() || !words.is_empty(), Problem::at("words", "REQUIRED"));
            let known = |village| facts.state.is_some_and(|state| state.is_known_in(village));
            let fits =
                matches!(entry.subject, Subject::Village(village) if note.about.is_none() || known(village));
            require(fits, Problem::at("about", "NOT_OF_THIS_VILLAGE"));
        }
        Body::Enrolment(enrolment) => require(enrolment.basics.is_some(), Problem::at("basics", "REQUIRED")),
        Body::FoundChild(found) => require(!found.name.trim().is_empty(), Problem::at("name", "REQUIRED")),
        _ => {}
    }
    let school_matter = matches!(entry.body.kind(), Some(Kind::FoundChild | Kind::Settlement));
    let village_matter =
        matches!(entry.body.kind(), Some(Kind::Confirmation | Kind::Dispute | Kind::VillageNote));
    require(
        school_matter == matches!(entry.subject, Subject::School(_))
            && village_matter == matches!(entry.subject, Subject::Village(_)),
        Problem::at("subject", "WRONG_SUBJECT"),
    );
    problems.dedup();
    problems
}

/// A correction or withdrawal is of one's own entry of the same file; a review is of a visit, a
/// sighting's answer of a sighting, both of the same child; a dispute is of any answer of the village but a colleague's own.
fn may_refer(actor: &Actor, entry: &Entry, known: Known) -> bool {
    if known.subject != entry.subject {
        return false;
    }
    match &entry.body {
        Body::Review(_) => known.kind == Some(Kind::Visit),
        Body::SightingAnswer(_) => known.kind == Some(Kind::Sighting),
        Body::Dispute(_) => {
            known.kind == Some(Kind::Confirmation) && (!known.signed_in || known.author == actor.user)
        }
        Body::Settlement(_) => known.kind == Some(Kind::FoundChild),
        Body::Supplement(_) => known.kind == Some(Kind::Visit) && known.author == actor.user,
        Body::SafeguardingHandled(_) => known.kind == Some(Kind::SafeguardingReport),
        // 单独上报 cannot be withdrawn (domain 5.7), nor what was done about it: more people read a withdrawal.
        Body::Withdrawal(_) => {
            let apart = [Some(Kind::SafeguardingReport), Some(Kind::SafeguardingHandled)];
            known.author == actor.user && !apart.contains(&known.kind)
        }
        _ => known.author == actor.user && known.kind == entry.body.kind(),
    }
}

/// V8 and what a form can get wrong. The device's clock decides nothing: V6 flags, it does not refuse.
fn visit_holds(visit: &Visit, require: &mut impl FnMut(bool, Problem)) {
    let day = crate::calendar::local_date(visit.started_at);
    require(!visit.purposes.is_empty(), Problem::at("purposes", "REQUIRED"));
    require(!visit.participants.is_empty(), Problem::at("participants", "REQUIRED"));
    require(
        visit.next_follow_up_on.is_none_or(|next| next > day),
        Problem::at("next_follow_up_on", "BEFORE_VISIT"),
    );
    require(
        visit.commitments.iter().all(|c| c.due_on.is_none_or(|due| due >= day)),
        Problem::at("commitments", "BEFORE_VISIT"),
    );
    require(
        visit.ended_at.is_none_or(|end| end >= visit.started_at),
        Problem::at("ended_at", "BEFORE_START"),
    );
    require(visit.needs_confirmation() == visit.seal.is_some(), Problem::at("seal", "REQUIRED"));
}

/// An answer that came before its visit is held; one whose visit is here must fit it.
fn confirmation_fits(
    actor: &Actor,
    entry: &Entry,
    proof: &Proof,
    facts: &Facts<'_>,
    require: &mut impl FnMut(bool, Problem),
) {
    let Some(knock) = facts.knock else {
        // A list shows only knocks that have arrived: an answer from it to an unknown one is forged.
        require(*proof != Proof::List, Problem::at("knock", "KNOCK_UNKNOWN"));
        return;
    };
    let fits = knock.seal.is_some_and(|seal| opens(seal, knock.village, entry.subject, proof));
    require(fits, Problem::at("proof", "DOES_NOT_FIT"));
    if matches!(proof, Proof::TeachersPhone | Proof::Paper) {
        require(knock.author == actor.user, Problem::at("knock", "NOT_YOURS"));
    }
}
