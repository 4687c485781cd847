package io.unicorn.worker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class WaitingConnectionsTests {

	private static void check(ServerSocketChannel listener) throws IOException {
		WaitingConnections waiting = new WaitingConnections(listener);
		assertThat(waiting.exist()).isFalse();
		try (SocketChannel client = SocketChannel.open(listener.getLocalAddress())) {
			assertThat(waiting.exist()).isTrue();
			listener.accept().close();
			assertThat(waiting.exist()).isFalse();
			assertThat(listener.isBlocking()).isTrue();
			assertThat(client.isOpen()).isTrue();
		}
		listener.close();
		assertThat(waiting.exist()).isTrue();
	}

	@Test
	void aConnectionThatWaitsIsSeenUntilItIsAccepted() throws Exception {
		check(ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
	}

	@Test
	void aConnectionAtAUnixSocketIsSeenAsWell(@TempDir Path directory) throws Exception {
		check(ServerSocketChannel.open(StandardProtocolFamily.UNIX)
			.bind(UnixDomainSocketAddress.of(directory.resolve("app.sock"))));
	}

}
