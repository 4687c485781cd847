package io.unicorn.posix;

/**
 * Says how a child process ended. Code -1 with signal 0 means that it is unknown how,
 * because other code in this process has reaped it.
 *
 * @param pid its process id
 * @param code its exit code, 0 to 255; -1 if a signal ended it
 * @param signal the number of the signal that ended it; 0 if it exited by itself
 */
public record Exit(int pid, int code, int signal) {

}
