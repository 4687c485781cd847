package io.unicorn.boot.server;

import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ProxiedConnectionsTests {

	private static final InetSocketAddress PEER = new InetSocketAddress("192.0.2.1", 4711);

	@Test
	void aPeerWithoutAnAddressIsNamed() {
		assertThat(new ProxiedConnections(ProxyProtocol.AUTO, List.of()).line(UnixDomainSocketAddress.of(""), "reason",
				System.nanoTime()))
			.contains(", from a Unix socket, reason");
	}

	@Test
	void oneLineInTenSecondsCountsTheConnectionsThatWereClosed() {
		ProxiedConnections connections = new ProxiedConnections(ProxyProtocol.AUTO, List.of());
		long start = System.nanoTime();
		assertThat(connections.line(PEER, "began without a PROXY header", start))
			.isEqualTo("Connections closed because of unicorn.proxy-protocol: 1; the last of them, from "
					+ "192.0.2.1:4711, began without a PROXY header");
		long pause = ProxiedConnections.PAUSE.toNanos();
		assertThat(connections.line(PEER, "reason", start + 1)).isNull();
		assertThat(connections.line(PEER, "reason", start + pause - 1)).isNull();
		assertThat(connections.line(PEER, "reason", start + pause)).contains(": 3; the last").endsWith(", reason");
		assertThat(connections.line(PEER, "reason", start + pause + 1)).isNull();
	}

}
