//! The chips of K4 (说定了什么, 我答应的): which promises the door offers, with the days already worked
//! out from the calendar. Their words are the locale's.

use super::Commitment;
use super::form::VisitForm;
use crate::calendar::Calendar;
use crate::vocabulary::{Party, Promise};
use chrono::{Datelike, Days, NaiveDate, Weekday};

/// A promise to tap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What.
    pub what: Promise,
    /// Until when, where the chip says so.
    pub due_on: Option<NaiveDate>,
}

/// What the school's side can promise at the door (ux 5.7).
pub const SCHOOL_SIDE: [Promise; 3] = [Promise::Tutoring, Promise::AskAboutAid, Promise::CallAgain];

/// The days 送到校 is offered for: the next school day, and the Monday after it (after a Sunday, when
/// both are one, the day after that).
pub fn school_days_ahead(day: NaiveDate, calendar: &Calendar) -> [NaiveDate; 2] {
    let first = calendar.next_school_day(day);
    let mut monday = day + Days::new(u64::from(7 - day.weekday().num_days_from_monday()));
    if !calendar.is_school_day(monday) {
        monday = calendar.school_day_from(monday);
    }
    [first, if monday > first { monday } else { calendar.next_school_day(first) }]
}

/// What the family's side is offered, in a fixed order (muscle memory): about coming back when a
/// child is missing, about everyday things otherwise. `today` is when the chips are read, which is
/// later than the visit when it is written down later.
pub fn family_side(form: &VisitForm, calendar: &Calendar, today: NaiveDate) -> Vec<Offer> {
    let plain = |what| Offer { what, due_on: None };
    if !form.asks_situation() {
        return [Promise::WeeklyCall, Promise::BringOnTime, Promise::AskLeaveFirst, Promise::MindThePhone]
            .map(plain)
            .into();
    }
    let day = form.day().max(today);
    let mut offers: Vec<Offer> = school_days_ahead(day, calendar)
        .map(|due| Offer { what: Promise::BringToSchool, due_on: Some(due) })
        .into();
    offers.push(plain(Promise::ReturnAfterIllness));
    offers.push(Offer { what: Promise::ParentsTalkTonight, due_on: Some(day) });
    offers
}

/// How people say a day: 明天, 周一, or the date when it is more than six days off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// 今天
    Today,
    /// 明天
    Tomorrow,
    /// 周一
    OnThe(Weekday),
    /// 11-23
    Date,
}

/// How people say `day` on `today`.
pub fn said(day: NaiveDate, today: NaiveDate) -> Said {
    match (day - today).num_days() {
        0 => Said::Today,
        1 => Said::Tomorrow,
        2..=6 => Said::OnThe(day.weekday()),
        _ => Said::Date,
    }
}

impl VisitForm {
    /// A promise on that side, if it was made.
    pub fn promise(&self, by: &Party, what: &Promise) -> Option<&Commitment> {
        self.commitments.iter().find(|c| c.by == *by && c.what == *what)
    }

    /// A tap on a chip: makes the promise, moves it to the chip's day, or takes it back.
    pub fn toggle_promise(&mut self, by: Party, offer: &Offer) {
        let same = self.commitments.iter().any(|c| {
            c.by == by && c.what == offer.what && (c.due_on == offer.due_on || offer.due_on.is_none())
        });
        self.commitments.retain(|c| !(c.by == by && c.what == offer.what));
        if !same {
            self.commitments.push(Commitment {
                by,
                who: None,
                what: offer.what.clone(),
                words: None,
                due_on: offer.due_on,
            });
        }
    }

    /// 选个日子: the day the child is brought, whatever it was before.
    pub fn bring_on(&mut self, due_on: Option<NaiveDate>) {
        self.commitments.retain(|c| c.what != Promise::BringToSchool);
        if due_on.is_some() {
            let what = Promise::BringToSchool;
            self.commitments.push(Commitment { by: Party::Family, who: None, what, words: None, due_on });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[rstest]
    #[case::wednesday("2026-11-18", "2026-11-19", "2026-11-23")]
    #[case::friday("2026-11-20", "2026-11-23", "2026-11-24")]
    #[case::saturday("2026-11-21", "2026-11-23", "2026-11-24")]
    #[case::sunday("2026-11-22", "2026-11-23", "2026-11-24")]
    #[case::monday("2026-11-23", "2026-11-24", "2026-11-30")]
    #[case::before_a_holiday("2026-09-30", "2026-10-08", "2026-10-09")]
    #[case::monday_is_free("2026-12-30", "2026-12-31", "2027-01-05")]
    fn offers_two_days_to_bring_the_child(#[case] on: &str, #[case] first: &str, #[case] second: &str) {
        let holidays = (1..=7).map(|d| NaiveDate::from_ymd_opt(2026, 10, d).unwrap());
        let holidays = holidays.chain([day("2027-01-04")]).collect();
        let calendar = Calendar { holidays, ..Calendar::default() };
        assert_eq!(school_days_ahead(day(on), &calendar), [day(first), day(second)]);
    }

    #[rstest]
    #[case("2026-11-20", Said::Today)]
    #[case("2026-11-21", Said::Tomorrow)]
    #[case("2026-11-23", Said::OnThe(Weekday::Mon))]
    #[case("2026-11-26", Said::OnThe(Weekday::Thu))]
    #[case("2026-11-27", Said::Date)]
    #[case("2026-11-19", Said::Date)]
    fn says_days_as_people_do(#[case] on: &str, #[case] expect: Said) {
        assert_eq!(said(day(on), day("2026-11-20")), expect);
    }
}
