//! An open sheet's place in the browser's history, so that the phone's own back closes the sheet and not
//! the screen below it, also where the browser's dialogs do not see to that themselves. One place a sheet;
//! a sheet that closes in another way takes its place back.

use leptos::prelude::*;
use std::cell::{Cell, RefCell};
use std::time::Duration;
use wasm_bindgen::JsValue;

/// What stands as the state of a sheet's place.
const MARK: &str = "sheet";

thread_local! {
    /// Open sheets, the topmost last.
    static OPEN: RefCell<Vec<RwSignal<bool>>> = const { RefCell::new(Vec::new()) };
    /// Places laid for them.
    static LAID: Cell<usize> = const { Cell::new(0) };
    /// Places are being taken back: the browser says when it has.
    static GOING: Cell<bool> = const { Cell::new(false) };
    static LISTENS: Cell<bool> = const { Cell::new(false) };
    /// What waits until no place is left.
    static AFTERWARDS: RefCell<Vec<Box<dyn FnOnce()>>> = const { RefCell::new(Vec::new()) };
}

/// Does something once no sheet has a place any more: going elsewhere instead of the screen below, say,
/// which would else take the sheet's place and leave that screen under it.
pub fn once_all_closed(then: impl FnOnce() + 'static) {
    AFTERWARDS.with_borrow_mut(|waiting| waiting.push(Box::new(then)));
    go_on();
}

fn go_on() {
    if !GOING.get() && LAID.get() == 0 && OPEN.with_borrow(Vec::is_empty) {
        AFTERWARDS.take().into_iter().for_each(|then| then());
    }
}

/// A sheet has opened.
pub(super) fn opened(sheet: RwSignal<bool>) {
    if !LISTENS.replace(true) {
        // For as long as the page lives.
        let _ = window_event_listener(leptos::ev::popstate, |_| went_back());
    }
    OPEN.with_borrow_mut(|open| {
        if !open.contains(&sheet) {
            open.push(sheet);
        }
    });
    settle();
}

/// A sheet has closed, or is gone with its screen.
pub(super) fn closed(sheet: RwSignal<bool>) {
    let known = OPEN.with_borrow_mut(|open| {
        let before = open.len();
        open.retain(|each| *each != sheet);
        open.len() < before
    });
    if known {
        // The router lays the place of the next screen only after this one is gone.
        set_timeout(settle, Duration::ZERO);
    }
}

fn went_back() {
    if GOING.replace(false) {
        return settle();
    }
    let Some(places) = LAID.get().checked_sub(1) else { return };
    LAID.set(places);
    let top = OPEN.with_borrow_mut(Vec::pop);
    if let Some(sheet) = top {
        let _ = sheet.try_set(false);
    }
}

/// Lays places that lack, takes back those that are too many.
fn settle() {
    if GOING.get() {
        return;
    }
    let Ok(history) = window().history() else { return };
    let (wanted, laid) = (OPEN.with_borrow(Vec::len), LAID.get());
    for _ in laid..wanted {
        let _ = history.push_state_with_url(&JsValue::from_str(MARK), "", None);
    }
    LAID.set(wanted);
    // A page that was gone to from a sheet stands on its place or before it: nothing to take back then.
    let on_top = history.state().is_ok_and(|state| state.as_string().as_deref() == Some(MARK));
    if laid > wanted && on_top {
        let back = i32::try_from(laid - wanted).unwrap_or(1);
        GOING.set(history.go_with_delta(-back).is_ok());
    }
    go_on();
}
