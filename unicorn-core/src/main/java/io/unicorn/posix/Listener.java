package io.unicorn.posix;

import java.net.InetSocketAddress;

/**
 * Describes an open listening socket of this process.
 *
 * @param fd its descriptor
 * @param address where it listens, with the port that the system chose
 */
public record Listener(int fd, InetSocketAddress address) {

}
