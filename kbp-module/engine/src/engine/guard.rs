// SPDX-License-Identifier: GPL-2.0
//! The deadlock guard as a type.
//!
//! Receive code takes spin locks that softirqs on the same core take too. A poll that a
//! softirq could interrupt would deadlock with itself, so polling needs bottom halves off.
//! The engine polls only through a live [`Guard`]. It is not `Send`, so the core that holds is
//! the core that releases, and [`super::run_cycle`] owns it and drops it before it returns.

use core::marker::PhantomData;

use super::{Platform, PolledNapi};

/// Bottom halves are off on this core while this value lives.
///
/// It cannot leave the thread that holds it:
///
/// ```compile_fail,E0277
/// fn needs<T: Send>() {}
/// fn try_it<P: kbp_engine::engine::Platform + Sync + 'static>() {
///     needs::<kbp_engine::engine::Guard<'static, P>>();
/// }
/// ```
///
/// (The same lines without the bound compile, so it is the bound that fails.)
///
/// ```
/// fn needs<T>() {}
/// fn try_it<P: kbp_engine::engine::Platform + Sync + 'static>() {
///     needs::<kbp_engine::engine::Guard<'static, P>>();
/// }
/// ```
pub struct Guard<'core, P: Platform> {
    platform: &'core P,
    /// A raw pointer is not `Send`: the core that held must be the core that releases.
    _this_core: PhantomData<*const ()>,
}

impl<'core, P: Platform> Guard<'core, P> {
    /// Holds bottom halves off.
    pub fn hold(platform: &'core P) -> Self {
        platform.hold_bottom_halves();
        Self {
            platform,
            _this_core: PhantomData,
        }
    }

    /// See [`Platform::take_list`].
    pub fn take_list(&self) -> u32 {
        self.platform.take_list()
    }

    /// See [`Platform::poll_next`].
    pub fn poll_next(&self) -> Option<PolledNapi> {
        self.platform.poll_next()
    }

    /// See [`Platform::has_more`].
    pub fn has_more(&self) -> bool {
        self.platform.has_more()
    }

    /// See [`Platform::give_back`].
    pub fn give_back(&self) -> u32 {
        self.platform.give_back()
    }
}

impl<P: Platform> Drop for Guard<'_, P> {
    fn drop(&mut self) {
        self.platform.release_bottom_halves();
    }
}
