// SPDX-License-Identifier: GPL-2.0
// Made of kbp_shim.h by 'make bindings'. Do not edit: change the header.
use crate::sys::kbp_poller;

unsafe extern "C" {
    #[doc = " kbp/N thread: serve core until asked to stop."]
    pub fn kbp_rs_poll(core: u32, p: *mut kbp_poller);
    #[doc = " Process context: one ioctl of /dev/kbp."]
    pub fn kbp_rs_ioctl(cmd: ::core::ffi::c_uint, arg: ::core::ffi::c_ulong)
        -> ::core::ffi::c_long;
    #[doc = " Process context, control mutex and CPU hotplug lock (for writing) held: the core is about to\n go offline.  0 or an errno that keeps it online."]
    pub fn kbp_rs_core_leaves(core: u32) -> ::core::ffi::c_int;
    #[doc = " The same context: the core is online again."]
    pub fn kbp_rs_core_returns(core: u32);
    #[doc = " Process context: the hooks took effect for all tasks, or are about to be taken out."]
    pub fn kbp_rs_hooks_changed(live: bool);
    #[doc = " Process context: the system is about to sleep, or has slept."]
    pub fn kbp_rs_suspend(sleeps: bool);
    #[doc = " The watch: looks at all cores; ns until it wants to look again, 0: when nudged."]
    pub fn kbp_rs_watch() -> u64;
}
