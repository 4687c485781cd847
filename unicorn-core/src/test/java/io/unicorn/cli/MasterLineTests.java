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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(60)
class MasterLineTests {

	@TempDir
	private Path directory;

	private Path socket() {
		return this.directory.resolve("s");
	}

	private ServerSocketChannel server() throws IOException {
		Files.deleteIfExists(socket());
		return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket()));
	}

	private MasterLine line(boolean alive) {
		return new MasterLine(new Target(4700, "the pool", socket(), () -> alive));
	}

	private static Message.Question answer(ServerSocketChannel server, Message.FromMaster answer) throws IOException {
		try (SocketChannel channel = server.accept()) {
			Message.Question question = new MessageReader<>(Channels.newInputStream(channel), Message.Question.class)
				.read();
			new MessageWriter<Message.FromMaster>(Channels.newOutputStream(channel)).write(answer);
			return question;
		}
	}

	@Test
	void aQuestionIsAnswered() throws Exception {
		try (ServerSocketChannel server = server()) {
			CompletableFuture<Long> asked = rollOut(line(true));
			assertThat(answer(server, new Message.RolloutReply(1, 42))).isEqualTo(new Message.RolloutRequest(1, ""));
			assertThat(asked.get()).isEqualTo(42);
		}
	}

	@Test
	void aMasterThatIsBeingReplacedIsAskedAgain() throws Exception {
		CompletableFuture<Long> asked;
		try (ServerSocketChannel server = server()) {
			asked = rollOut(line(true));
			// It is replaced before it answers; for a while nobody listens.
			server.accept().close();
		}
		try (ServerSocketChannel server = server()) {
			answer(server, new Message.RolloutReply(1, 42));
			assertThat(asked.get()).isEqualTo(42);
		}
	}

	@Test
	void aMasterThatHasEndedIsNotAskedAgain() throws Exception {
		server().close();
		assertThatExceptionOfType(CommandFailedException.class).isThrownBy(line(false)::pool)
			.withMessage("the master of the pool has ended")
			.satisfies((ex) -> assertThat(ex.status()).isEqualTo(CommandFailedException.UNKNOWN));
	}

	private static CompletableFuture<Long> rollOut(MasterLine line) {
		return CompletableFuture.supplyAsync(() -> {
			try {
				return line.rollOut();
			}
			catch (CommandFailedException ex) {
				throw new IllegalStateException(ex);
			}
		});
	}

}
