package io.unicorn.cli;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

import io.unicorn.ipc.Message;
import io.unicorn.ipc.MessageReader;
import io.unicorn.ipc.MessageWriter;
import io.unicorn.posix.Peer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(60)
class SocketPoolClientTests {

	@TempDir
	private Path directory;

	private Path socket() {
		return this.directory.resolve("s");
	}

	private ServerSocketChannel server() throws IOException {
		Files.deleteIfExists(socket());
		return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket()));
	}

	private SocketPoolClient client(boolean alive) {
		return new SocketPoolClient(new FoundPool(4700, "the pool", socket(), () -> alive));
	}

	private static Message.Question reply(ServerSocketChannel server, Message.FromMaster reply) throws IOException {
		try (SocketChannel channel = server.accept()) {
			Message.Question question = new MessageReader<>(Channels.newInputStream(channel), Message.Question.class)
				.read();
			new MessageWriter<Message.FromMaster>(Channels.newOutputStream(channel)).write(reply);
			return question;
		}
	}

	@Test
	void aQuestionGetsItsReply() throws Exception {
		try (ServerSocketChannel server = server()) {
			CompletableFuture<Long> asked = rollOut(client(true));
			assertThat(reply(server, new Message.RolloutReply(1, 42))).isEqualTo(new Message.RolloutRequest(1, ""));
			assertThat(asked.get()).isEqualTo(42);
		}
	}

	@Test
	void aQuestionIsRepeatedDuringAnUpgradeOfTheMaster() throws Exception {
		CompletableFuture<Long> asked;
		try (ServerSocketChannel server = server()) {
			asked = rollOut(client(true));
			// The upgrade begins before the reply; then no process listens for a while.
			server.accept().close();
		}
		try (ServerSocketChannel server = server()) {
			reply(server, new Message.RolloutReply(1, 42));
			assertThat(asked.get()).isEqualTo(42);
		}
	}

	@Test
	void aMasterThatHasEndedIsNotQueriedAgain() throws Exception {
		server().close();
		assertThatExceptionOfType(CommandFailedException.class).isThrownBy(client(false)::pool)
			.withMessage("the master of the pool has ended")
			.satisfies((ex) -> assertThat(ex.status()).isEqualTo(CommandFailedException.UNKNOWN));
	}

	@Test
	void aProcessOfAnotherUserThanTheOwnerOfTheDirectoryIsNotAsked() throws Exception {
		Assumptions.assumeTrue(Peer.isSelfRoot(), "only root can give a directory away");
		try (ServerSocketChannel server = server()) {
			assertThat(server.isOpen()).isTrue();
			Files.setAttribute(this.directory, "unix:uid", 54_711);
			assertThatExceptionOfType(CommandFailedException.class).isThrownBy(client(true)::rollOut)
				.withMessageContaining("user root listens at " + socket() + ", whose directory belongs to 54711");
		}
	}

	private static CompletableFuture<Long> rollOut(SocketPoolClient client) {
		return CompletableFuture.supplyAsync(() -> {
			try {
				return client.rollOut();
			}
			catch (CommandFailedException ex) {
				throw new IllegalStateException(ex);
			}
		});
	}

}
