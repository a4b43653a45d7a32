// SPDX-License-Identifier: GPL-2.0
//! The deadlock guard as a type.
//!
//! Receive code takes spin locks that softirqs on the same core take too. A poll that a
//! softirq could interrupt would deadlock with itself, so polling needs bottom halves off, and
//! with bottom halves off a thread must not sleep. Two values say which of the two holds:
//!
//! - [`Between`]: the thread is between two cycles. There is one for each poller, made by
//!   [`super::run()`]; everything that may sleep, yield the core or ask for orders wants it.
//! - [`Held`]: bottom halves are off. Only a [`Guard`] has one; everything that polls wants it.
//!
//! A guard borrows the `Between` for as long as it lives, so the two never meet. Code that runs
//! with interrupts off (hooks, interrupts) has neither, and cannot make one.

use core::marker::PhantomData;

/// The thread is between two cycles: no guard, interrupts on, no patched function on its stack.
///
/// Nobody but the poller can have one, so a guard cannot be taken from a hook or an interrupt:
///
/// ```compile_fail,E0451
/// let between = kbp_engine::Between { _this_thread: core::marker::PhantomData };
/// ```
pub struct Between {
    /// A raw pointer is not `Send`: it belongs to the poller's thread.
    _this_thread: PhantomData<*const ()>,
}

impl Between {
    /// Only [`super::run()`] may make one.
    pub(super) fn of_this_thread() -> Self {
        Self {
            _this_thread: PhantomData,
        }
    }
}

/// Bottom halves are off: every act of polling asks for a reference to it.
///
/// Without a guard there is none, so nothing can be polled:
///
/// ```compile_fail,E0061
/// fn poll<P: kbp_engine::Platform>(platform: &P) {
///     platform.take_list();
/// }
/// ```
///
/// ```compile_fail,E0451
/// use core::marker::PhantomData;
/// fn poll<P: kbp_engine::Platform>(platform: &P) {
///     platform.take_list(&kbp_engine::Held { _this_thread: PhantomData });
/// }
/// ```
///
/// (With one it compiles.)
///
/// ```
/// fn poll<P: kbp_engine::Platform>(platform: &P, held: &kbp_engine::Held) {
///     platform.take_list(held);
/// }
/// ```
///
/// It cannot be lent to another thread:
///
/// ```compile_fail,E0277
/// fn needs<T: Send>() {}
/// needs::<&'static kbp_engine::Held>();
/// ```
///
/// (Without the bound it compiles.)
///
/// ```
/// fn needs<T>() {}
/// needs::<&'static kbp_engine::Held>();
/// ```
pub struct Held {
    /// As in [`Between`]; only a [`Guard`] makes one.
    _this_thread: PhantomData<*const ()>,
}

/// The bottom halves of the calling thread's core.
pub trait BottomHalves {
    /// Holds them off: no softirq can run inside a poll.
    fn hold_bottom_halves(&self, held: &Held);
    /// Lets pending softirqs run. Matches [`BottomHalves::hold_bottom_halves`].
    fn release_bottom_halves(&self, held: &Held);
}

/// Bottom halves are off on this core while this value lives.
///
/// It cannot leave the thread that holds it:
///
/// ```compile_fail,E0277
/// fn needs<T: Send>() {}
/// fn try_it<P: kbp_engine::Platform + Sync + 'static>() {
///     needs::<kbp_engine::Guard<'static, P>>();
/// }
/// ```
///
/// (The same lines without the bound compile, so it is the bound that fails.)
///
/// ```
/// fn needs<T>() {}
/// fn try_it<P: kbp_engine::Platform + Sync + 'static>() {
///     needs::<kbp_engine::Guard<'static, P>>();
/// }
/// ```
///
/// It cannot live across a sleep, a yield or a question for orders:
///
/// ```compile_fail,E0499
/// use kbp_engine::{Between, Guard, Platform};
/// fn sleeps<P: Platform>(platform: &P, between: &mut Between) {
///     let guard = Guard::hold(platform, between);
///     platform.sleep_firmly(between, 1_000);
///     platform.left_over(guard.held());
/// }
/// ```
///
/// ```compile_fail,E0499
/// use kbp_engine::{Between, Guard, Platform};
/// fn yields<P: Platform>(platform: &P, between: &mut Between) {
///     let guard = Guard::hold(platform, between);
///     platform.give_core(between);
///     platform.left_over(guard.held());
/// }
/// ```
///
/// ```compile_fail,E0499
/// use kbp_engine::{Between, Guard, Orders, Platform};
/// fn asks<P: Platform, O: Orders>(platform: &P, orders: &O, between: &mut Between) {
///     let guard = Guard::hold(platform, between);
///     orders.current(between);
///     platform.left_over(guard.held());
/// }
/// ```
///
/// (Without the last line of each, the guard is gone by then, and they compile.)
///
/// ```
/// use kbp_engine::{Between, Guard, Orders, Platform};
/// fn all<P: Platform, O: Orders>(platform: &P, orders: &O, between: &mut Between) {
///     drop(Guard::hold(platform, between));
///     platform.sleep_firmly(between, 1_000);
///     platform.give_core(between);
///     orders.current(between);
/// }
/// ```
pub struct Guard<'core, B: BottomHalves> {
    core: &'core B,
    held: Held,
    _between: &'core mut Between,
}

impl<'core, B: BottomHalves> Guard<'core, B> {
    /// Holds bottom halves off.
    pub fn hold(core: &'core B, between: &'core mut Between) -> Self {
        let held = Held {
            _this_thread: PhantomData,
        };
        core.hold_bottom_halves(&held);
        Self {
            core,
            held,
            _between: between,
        }
    }

    /// What every act of polling asks for.
    pub fn held(&self) -> &Held {
        &self.held
    }
}

impl<B: BottomHalves> Drop for Guard<'_, B> {
    fn drop(&mut self) {
        self.core.release_bottom_halves(&self.held);
    }
}
