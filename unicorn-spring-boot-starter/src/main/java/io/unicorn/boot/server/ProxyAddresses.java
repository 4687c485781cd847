package io.unicorn.boot.server;

import java.net.InetSocketAddress;

/**
 * The ends of the connection between a client and a proxy, as the proxy says.
 *
 * @param client the address of the client
 * @param server the address to which the client has connected
 */
public record ProxyAddresses(InetSocketAddress client, InetSocketAddress server) {

}
