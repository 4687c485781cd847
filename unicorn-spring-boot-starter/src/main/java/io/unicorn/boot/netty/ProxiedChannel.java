package io.unicorn.boot.netty;

import java.net.SocketAddress;
import java.nio.channels.SocketChannel;

import io.netty.channel.Channel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.unicorn.boot.server.ProxyAddresses;

/**
 * A connection with the addresses in the header of its proxy. Netty asks for them once.
 */
final class ProxiedChannel extends NioSocketChannel {

	private final ProxyAddresses addresses;

	ProxiedChannel(Channel server, SocketChannel connection, ProxyAddresses addresses) {
		super(server, connection);
		this.addresses = addresses;
	}

	@Override
	protected SocketAddress remoteAddress0() {
		return this.addresses.client();
	}

	@Override
	protected SocketAddress localAddress0() {
		return this.addresses.server();
	}

}
