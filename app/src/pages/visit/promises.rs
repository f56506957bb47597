//! K4 约定: what the family thinks of school, what was agreed, what the school promised, when to come
//! again. Then 存到手机.

use super::door::Door;
use super::nobody::Remark;
use super::who::change;
use crate::device;
use crate::phrase;
use crate::ui::{Cell, Chip, Chips, Day, Group, Sheet};
use crate::words::{say, say_with};
use chrono::NaiveDate;
use domain::visit::form::FollowUp;
use domain::visit::promise::{Offer, SCHOOL_SIDE, family_side};
use domain::vocabulary::{Difficulty, GuardianAttitude, Party, Promise, Signature};
use leptos::prelude::*;

const ATTITUDES: [GuardianAttitude; 4] = [
    GuardianAttitude::Supportive,
    GuardianAttitude::Wavering,
    GuardianAttitude::Indifferent,
    GuardianAttitude::Opposed,
];

/// The screen.
#[component]
pub fn Promises(door: Door) -> impl IntoView {
    let spoken_to = door.form.with_untracked(|f| f.spoken_to().map(phrase::person));
    let attitude = spoken_to.map(|who| {
        let chips = ATTITUDES.map(|attitude| {
            let same = attitude.clone();
            view! {
                <Chip
                    label=phrase::attitude(&attitude)
                    on=door.read(move |f| f.guardian_attitude.as_ref() == Some(&same))
                    press=door.press_to(move |f| {
                        let again = f.guardian_attitude.as_ref() == Some(&attitude);
                        f.guardian_attitude = (!again).then(|| attitude.clone());
                    })
                />
            }
        });
        view! {
            <section class="group">
                <Chips question=say_with("visit.attitude.ask", &[("who", &who)])>{chips.collect_view()}</Chips>
            </section>
        }
    });
    let school = SCHOOL_SIDE.map(|what| {
        let offer = Offer { what, due_on: None };
        view! { <PromiseChip door=door by=Party::School label=phrase::promise(&offer.what) offer=offer /> }
    });
    view! {
        {attitude}
        <Agreed door=door />
        <Group>
            <FollowUpLine door=door key="visit.next_time" />
        </Group>
        <section class="group">
            <Chips question=say("visit.school_side")>{school.collect_view()}</Chips>
        </section>
        <Remark door=door />
        <Quiet door=door />
    }
}

#[component]
fn PromiseChip(door: Door, by: Party, label: String, offer: Offer) -> impl IntoView {
    let (party, shown) = (by.clone(), offer.clone());
    view! {
        <Chip
            label=label
            on=door.read(move |f| {
                f.promise(&party, &shown.what).is_some_and(|c| shown.due_on.is_none() || c.due_on == shown.due_on)
            })
            press=door.press_to(move |f| f.toggle_promise(by.clone(), &offer))
        />
    }
}

/// 说定了什么: what the family agreed to, with the days worked out.
#[component]
fn Agreed(door: Door) -> impl IntoView {
    let today = device::today();
    let picking = RwSignal::new(false);
    let offers = door.phone.replica.with_untracked(|replica| {
        door.form.with_untracked(|f| family_side(f, &replica.directory.calendar, today))
    });
    let brings: Vec<_> =
        offers.iter().filter_map(|o| o.due_on.filter(|_| o.what == Promise::BringToSchool)).collect();
    let missing = !brings.is_empty();
    let label = move |offer: &Offer| match offer.due_on {
        Some(due) if offer.what == Promise::BringToSchool => phrase::bring_on(due, today),
        _ => phrase::promise(&offer.what),
    };
    let chip = move |offer: Offer| view! { <PromiseChip door=door by=Party::Family label=label(&offer) offer=offer /> };
    let (days, rest): (Vec<_>, Vec<_>) = offers.into_iter().partition(|o| o.what == Promise::BringToSchool);
    let brought = Memo::new(move |_| {
        door.form.with(|f| f.promise(&Party::Family, &Promise::BringToSchool).and_then(|c| c.due_on))
    });
    let other_day = Signal::derive(move || brought.get().is_some_and(|due| !brings.contains(&due)));
    let other = missing.then(|| {
        view! {
            <Chip label=say("visit.pick_day") on=other_day press=Callback::new(move |()| picking.set(true)) />
        }
    });
    // The chosen day opens in place, with the person who promised it.
    let line = move || {
        brought.get().map(|due| {
            let who = door.form.with(|f| f.spoken_to().map(phrase::person)).unwrap_or_default();
            let title = say_with("promise.line", &[("who", &who), ("day", &phrase::day(due, today))]);
            view! { <Cell title=title press=Callback::new(move |()| picking.set(true)) end=change /> }
        })
    };
    view! {
        <section class="group" id="commitments">
            <Chips question=say("visit.agreed.ask") hint=say("visit.agreed.hint")>
                {days.into_iter().map(chip).collect_view()}
                {other}
                {rest.into_iter().map(chip).collect_view()}
            </Chips>
            <div class="cells">{line}</div>
        </section>
        <Sheet open=picking title=say("visit.pick_day")>
            <Day
                id="bring-on"
                label=say("visit.bring_day")
                within=(Some(today), None)
                value=brought
                choose=Callback::new(move |due| door.change(|f| f.bring_on(due)))
            />
            <div class="pad">
                <button type="button" class="primary" on:click=move |_| picking.set(false)>{say("visit.good")}</button>
            </div>
        </Sheet>
    }
}

/// 下次 周二 11-24 去一趟 改; 再去 when nobody was met.
#[component]
pub fn FollowUpLine(door: Door, key: &'static str) -> impl IntoView {
    let today = device::today();
    let open = RwSignal::new(false);
    let next = door.planned(|form, calendar| form.next_follow_up_on(calendar));
    let title = Signal::derive(move || match next.get() {
        Some(on) => say_with(key, &[("day", &phrase::day(on, today))]),
        None => say("visit.no_next").to_owned(),
    });
    view! {
        <div id="next_follow_up_on">
            <Cell title=title press=Callback::new(move |()| open.set(true)) end=change />
        </div>
        <Sheet open=open title=say("visit.next_title")>
            <div class="chips pad">
                <Chip
                    label=Signal::derive(move || {
                        let default = door.planned(|form, calendar| form.default_follow_up(calendar)).get();
                        match default {
                            Some(on) => phrase::day(on, today),
                            None => say("visit.no_appointment").to_owned(),
                        }
                    })
                    on=door.read(|f| f.follow_up.is_none())
                    press=door.press_to(|f| f.follow_up = None)
                />
                <Show when=move || door.form.with(|f| !f.needs_follow_up() && f.follow_up.is_some())>
                    <Chip
                        label=say("visit.no_appointment")
                        on=door.read(|f| f.follow_up == Some(FollowUp::None))
                        press=door.press_to(|f| f.follow_up = Some(FollowUp::None))
                    />
                </Show>
            </div>
            <Day
                id="next-day"
                label=say("visit.pick_day")
                within=(Some(today), None)
                value=next
                choose=Callback::new(move |on: Option<NaiveDate>| door.change(|f| f.follow_up = on.map(FollowUp::On)))
            />
            <div class="pad">
                <button type="button" class="primary" on:click=move |_| open.set(false)>{say("visit.good")}</button>
            </div>
        </Sheet>
    }
}

/// 签字 · 要协调的 · 讲了上学的规定: one quiet line of what may be left out.
#[component]
fn Quiet(door: Door) -> impl IntoView {
    let signing = RwSignal::new(false);
    let needs = RwSignal::new(false);
    let signatures = move || {
        Signature::ALL
            .iter()
            .map(|signature| {
                view! {
                    <Chip
                        label=phrase::worded("signature", signature.code(), signature.term())
                        on=door.read(move |f| f.signature.as_ref() == Some(signature))
                        press=door.press_to(move |f| {
                            let again = f.signature.as_ref() == Some(signature);
                            f.signature = (!again).then(|| signature.clone());
                        })
                    />
                }
            })
            .collect_view()
    };
    let difficulties = move || {
        Difficulty::ALL
            .iter()
            .map(|difficulty| {
                view! {
                    <Chip
                        label=phrase::worded("difficulty", difficulty.code(), difficulty.term())
                        on=door.read(move |f| f.difficulties.contains(difficulty))
                        press=door.press_to(move |f| {
                            if f.difficulties.contains(difficulty) {
                                f.difficulties.retain(|d| d != difficulty);
                            } else {
                                f.difficulties.push(difficulty.clone());
                            }
                        })
                    />
                }
            })
            .collect_view()
    };
    let ticked = |on: bool| if on { "✓ " } else { "" };
    view! {
        <div class="links quiet">
            <button type="button" class="link" on:click=move |_| signing.set(true)>
                {move || ticked(door.form.with(|f| f.signature.is_some()))} {say("visit.signature")}
            </button>
            <button type="button" class="link" on:click=move |_| needs.set(true)>
                {move || ticked(door.form.with(|f| !f.difficulties.is_empty()))} {say("visit.difficulties")}
            </button>
            <button
                type="button"
                class="link"
                aria-pressed=move || door.form.with(|f| f.explained_rules).to_string()
                on:click=move |_| door.change(|f| f.explained_rules = !f.explained_rules)
            >
                {move || ticked(door.form.with(|f| f.explained_rules))} {say("visit.explained_rules")}
            </button>
        </div>
        <Sheet open=signing title=say("visit.signature")>
            <p class="pad">{say("visit.signature_hint")}</p>
            <div class="chips pad">{signatures()}</div>
        </Sheet>
        <Sheet open=needs title=say("visit.difficulties")>
            <div class="chips pad">{difficulties()}</div>
        </Sheet>
    }
}
