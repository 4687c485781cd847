package io.unicorn.posix;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipalLookupService;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class PeerTests {

	private static final UserPrincipalLookupService USERS = FileSystems.getDefault().getUserPrincipalLookupService();

	@TempDir
	private Path directory;

	@Test
	void bothEndsKnowEachOther() throws IOException {
		Path socket = this.directory.resolve("s");
		try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)
			.bind(UnixDomainSocketAddress.of(socket));
				SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket));
				SocketChannel accepted = server.accept()) {
			for (SocketChannel channel : new SocketChannel[] { client, accepted }) {
				assertThat(Peer.of(channel).user()).isEqualTo(Files.getOwner(Path.of("/proc/self")));
				assertThat(Peer.of(channel).isTrusted()).isTrue();
			}
		}
	}

	@Test
	void rootIsTrustedAndAnotherUserIsNot() throws IOException {
		assertThat(new Peer(USERS.lookupPrincipalByName("0")).isTrusted()).isTrue();
		assertThat(new Peer(USERS.lookupPrincipalByName("54321")).isTrusted()).isFalse();
	}

}
