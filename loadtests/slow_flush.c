/* Under PostgreSQL by LD_PRELOAD: a flush takes 1 ms, whatever disk this machine has.
 *
 * The disk itself is not asked, so that two machines measure the same thing. Whoever loses power
 * loses data: this is for load tests only. */
#include <time.h>

static int wait_1ms(void)
{
    struct timespec left = {0, 1000000};
    while (nanosleep(&left, &left) != 0)
        ;
    return 0;
}

int fsync(int fd)
{
    (void)fd;
    return wait_1ms();
}

int fdatasync(int fd)
{
    (void)fd;
    return wait_1ms();
}
