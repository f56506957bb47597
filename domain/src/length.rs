//! How long each text of an entry may be (domain 5.1: free text 2,000 characters, names a line). Whoever
//! sends more by other means than a form gets it back; what a form lets through is never longer.

use crate::entry::Body;

/// What a person tells, in characters: a remark, a report, what the office asks for.
pub const PROSE: usize = 2_000;
/// A few words beside a choice.
pub const WORDS: usize = 500;
/// A name, a household, a number of a receipt.
pub const LINE: usize = 100;

/// The field of the first text that is too long.
pub fn too_long(body: &Body) -> Option<&'static str> {
    texts(body).into_iter().find(|(_, text, most)| text.chars().count() > *most).map(|(field, ..)| field)
}

fn texts<'a>(body: &'a Body) -> Vec<(&'static str, &'a str, usize)> {
    let mut texts = Vec::new();
    let mut add = |field, text: Option<&'a String>, most| {
        texts.extend(text.map(|text| (field, text.as_str(), most)));
    };
    match body {
        Body::Visit(visit) => {
            add("remark", visit.remark.as_ref(), PROSE);
            add("household", Some(&visit.household), LINE);
            for participant in &visit.participants {
                add("participants", Some(&participant.name), LINE);
            }
            for met in &visit.met {
                add("met", met.called.as_ref(), LINE);
            }
            for commitment in &visit.commitments {
                add("commitments", commitment.words.as_ref(), WORDS);
            }
        }
        Body::Supplement(supplement) => {
            add("reply", supplement.reply.as_ref(), PROSE);
            add("family", supplement.family.as_ref(), PROSE);
            add("school", supplement.school.as_ref(), PROSE);
            add("guardian_opinion", supplement.guardian_opinion.as_ref(), PROSE);
        }
        Body::Withdrawal(withdrawal) => add("why", withdrawal.why.as_ref(), WORDS),
        Body::Review(review) => add("words", review.words.as_ref(), PROSE),
        Body::Settlement(settlement) => add("words", settlement.words.as_ref(), PROSE),
        Body::SafeguardingReport(report) => {
            add("what", Some(&report.what), PROSE);
            add("place", report.place.as_ref(), WORDS);
            add("receipt", report.receipt.as_ref(), LINE);
        }
        Body::SafeguardingHandled(handled) => {
            add("done", Some(&handled.done), PROSE);
            add("receipt", handled.receipt.as_ref(), LINE);
        }
        Body::FoundChild(found) => {
            add("name", Some(&found.name), LINE);
            add("about", found.about.as_ref(), LINE);
            add("household", Some(&found.household), LINE);
        }
        Body::Confirmation(confirmation) => {
            add("comment", confirmation.comment.as_ref(), WORDS);
            add("name", confirmation.name.as_ref(), LINE);
            add("shown", confirmation.shown.as_ref(), LINE);
        }
        Body::VillageNote(note) => add("words", note.words.as_ref(), WORDS),
        Body::Register(register) => add("to", register.to.as_ref(), WORDS),
        Body::Enrolment(_)
        | Body::Listing(_)
        | Body::HouseholdDoubt(_)
        | Body::Absence(_)
        | Body::Return(_)
        | Body::Sighting(_)
        | Body::SightingAnswer(_)
        | Body::Dispute(_)
        | Body::Unknown { .. } => {}
    }
    texts
}
