//! A page of a list, with how many there are in all and when they were counted.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Rows a page.
pub const PAGE_ROWS: u32 = 50;

/// One page. A total without the moment it holds for is not shown anywhere.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Paged<T> {
    /// The rows of this page.
    pub rows: Vec<T>,
    /// How many rows all pages have.
    pub total: u32,
    /// Which page, from 0.
    pub page: u32,
    /// 数据到: what had reached the server by then.
    pub as_of: DateTime<Utc>,
}

impl<T> Paged<T> {
    /// How many pages there are, at least one.
    pub const fn pages(&self) -> u32 {
        let pages = self.total.div_ceil(PAGE_ROWS);
        if pages == 0 { 1 } else { pages }
    }
}
