//! What follows from where the children of a batch stand now: which places cover them, what is owed,
//! what the village is asked, how each visit stands. Pure; `store` writes the difference.

use super::batch::{Batch, File};
use super::surroundings::{AtSchool, Surroundings};
use domain::card::{Card, cards};
use domain::duty::{Duty, owed};
use domain::ids::{EntryId, StudentId};
use domain::review::Verdict;
use domain::student::{StudentState, VisitLine};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What is to be written beside the entries.
#[derive(Debug, Default)]
pub(super) struct Following {
    /// Children whose duties and cards these are.
    pub of: Vec<StudentId>,
    /// Those of them who stand differently now.
    pub changed: Vec<StudentId>,
    /// Scopes that cover a child from now on.
    pub covered: Vec<(Uuid, StudentId)>,
    /// Scopes that no longer do.
    pub uncovered: Vec<(Uuid, StudentId)>,
    /// Everything owed about the children.
    pub duties: Vec<Duty>,
    /// All cards of the children.
    pub cards: Vec<Card>,
    /// How visits stand whose standing, review or supplement changed.
    pub lines: Vec<Line>,
    /// The same of visits that are written with this batch.
    pub new_lines: Vec<Line>,
    /// Households whose stubs of one another are to be made anew.
    pub households: BTreeSet<Uuid>,
}

/// How a visit stands, as the ledger says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub entry: EntryId,
    pub standing: &'static str,
    pub review: Option<&'static str>,
    pub supplemented: bool,
}

impl Line {
    pub(super) fn of(line: &VisitLine, at: &AtSchool) -> Self {
        Self {
            entry: line.entry,
            standing: line.standing(&at.policy).code(),
            review: line.review.as_ref().map(|review| match review.verdict {
                Verdict::Seen => "SEEN",
                Verdict::PleaseAdd => "PLEASE_ADD",
            }),
            supplemented: line.supplemented,
        }
    }
}

/// What follows from a batch.
pub(super) fn of(batch: &Batch<'_>) -> Following {
    let mut following = Following::default();
    for (id, file) in &batch.files {
        if file.is_changed() {
            following.follow(batch.around, *id, file);
        }
    }
    let is_new = |line: &Line| batch.new.visits.iter().any(|new| new.entry.id == line.entry);
    (following.new_lines, following.lines) = following.lines.into_iter().partition(is_new);
    following
}

impl Following {
    /// Adds what follows from one file.
    pub(super) fn follow(&mut self, around: &Surroundings, id: StudentId, file: &File) {
        let state = &file.state;
        let Some(basics) = &state.basics else { return };
        let at = around.at(basics.school);
        let now: BTreeSet<Uuid> = around.scopes(basics, state.is_open(&at.policy)).into_iter().collect();
        let before: BTreeSet<Uuid> = file.stored.iter().flat_map(|s| s.scopes.iter().copied()).collect();
        self.of.push(id);
        if file.is_changed() || now != before {
            self.changed.push(id);
        }
        self.covered.extend(now.difference(&before).map(|scope| (*scope, id)));
        self.uncovered.extend(before.difference(&now).map(|scope| (*scope, id)));

        self.duties.extend(owed(id, state, &at.policy, &at.calendar, around.today));
        let cards = cards(id, state, &at.policy, &at.directory);
        self.cards
            .extend(cards.into_iter().filter(|card| card.until.is_none_or(|until| until >= around.today)));

        let stored = file.stored.as_ref().map(|s| &s.state);
        let line_before = |entry| {
            let lines = stored.into_iter().flat_map(|s| &s.visits);
            lines.filter(move |l| l.entry == entry).map(|l| Line::of(l, at)).next()
        };
        let lines = state.visits.iter().map(|line| Line::of(line, at));
        self.lines.extend(lines.filter(|line| line_before(line.entry).as_ref() != Some(line)));
        self.households(stored, state);
    }

    /// All visits of these files, changed or not: settings that begin today may stand them otherwise.
    pub(super) fn all_lines(&mut self, around: &Surroundings, files: &BTreeMap<StudentId, File>) {
        let lines = files.values().filter_map(|file| {
            let at = around.at(file.state.basics.as_ref()?.school);
            Some(file.state.visits.iter().map(move |line| Line::of(line, at)))
        });
        self.lines = lines.flatten().collect();
    }

    /// What a stub says of a child: the household, the given name, the class.
    fn households(&mut self, before: Option<&StudentState>, now: &StudentState) {
        let before = before.and_then(|s| s.basics.as_ref());
        let now = now.basics.as_ref();
        let said = |basics: &domain::student::Basics| (basics.household, basics.name.clone(), basics.class);
        if before.map(said) != now.map(said) {
            let households = [before, now].into_iter().flatten().filter_map(|b| b.household);
            self.households.extend(households.map(|h| h.0));
        }
    }
}
