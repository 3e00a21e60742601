// Linux's timer and event descriptors, which the Glibc module of the Swift toolchain leaves out.
#ifndef DRIPD_CTIMER_H
#define DRIPD_CTIMER_H
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>

// Creates a timer on the real-time clock. Returns -1 and sets errno on failure.
static inline int dripd_timer_create(void) {
    return timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
}

// Arms the timer for a time of the real-time clock. A past time expires at once; 0 disarms the timer. Setting the clock
// cancels it: the next read fails with ECANCELED (timerfd_create(2), TFD_TIMER_CANCEL_ON_SET).
static inline int dripd_timer_set(int timer, int64_t milliseconds) {
    struct itimerspec when = {
        .it_value = {.tv_sec = milliseconds / 1000, .tv_nsec = (milliseconds % 1000) * 1000000}};
    return timerfd_settime(timer, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &when, NULL);
}

static inline int dripd_event_create(void) {
    return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}
#endif
