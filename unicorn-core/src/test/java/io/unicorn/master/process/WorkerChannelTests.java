package io.unicorn.master.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.unicorn.ipc.FrameDecoder;
import io.unicorn.ipc.Message;
import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.posix.ScriptedControlSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

class WorkerChannelTests {

	private final ScriptedControlSocket socket = new ScriptedControlSocket(42);

	private final WorkerChannel channel = new WorkerChannel(this.socket);

	@BeforeEach
	void theKernelTakesNothing() {
		this.socket.room(0);
	}

	private List<Message.FromMaster> messages() throws IOException {
		List<Message.FromMaster> messages = new ArrayList<>();
		new FrameDecoder<>(Message.FromMaster.class).feed(ByteBuffer.wrap(this.socket.written()), messages::add);
		return messages;
	}

	@Test
	void whatTheKernelTakesIsSentAtOnce() throws IOException {
		this.socket.room(1000);
		this.channel.send(new Message.Drain(5));
		assertThat(messages()).containsExactly(new Message.Drain(5));
	}

	@Test
	void whatASlowReaderLeavesIsSentLaterInOrder() throws IOException {
		this.socket.room(3);
		List<Message.FromMaster> sent = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			sent.add(new Message.Drain(i));
			this.channel.send(sent.get(i));
		}
		assertThat(this.socket.written().length).isEqualTo(3);
		for (int i = 0; i < 1000; i++) {
			this.socket.room(1);
			this.channel.flush();
		}
		assertThat(messages()).isEqualTo(sent);
	}

	@Test
	void aLaterMessageTakesTheEarlierOnesAlong() throws IOException {
		this.channel.send(new Message.Leader(true));
		this.socket.room(1000);
		this.channel.send(new Message.Leader(false));
		assertThat(messages()).containsExactly(new Message.Leader(true), new Message.Leader(false));
	}

	private static Message.PoolReply reply(long query) {
		return new Message.PoolReply(query,
				new PoolSnapshot(new PoolSnapshot.MasterInfo(1, Instant.EPOCH, 1, "x".repeat(60_000)), 1, 1, List.of(),
						Map.of(), List.of()));
	}

	@Test
	void aWorkerThatDoesNotReadItsRepliesLosesThoseAndNoOrder() throws IOException {
		for (int i = 0; i < 1000; i++) {
			this.channel.send(reply(i));
		}
		assertThat(this.channel.send(new Message.Drain(7))).isTrue();
		assertThat(this.channel.send(reply(1000))).isFalse();
		this.socket.room(Integer.MAX_VALUE);
		this.channel.flush();
		List<Message.FromMaster> read = messages();
		assertThat(read).hasSize(6).last().isEqualTo(new Message.Drain(7));
		assertThat(this.channel.takeDropped()).isEqualTo(1001 - 5);
		assertThat(this.channel.takeDropped()).isZero();
		assertThat(this.channel.send(reply(1001))).isTrue();
	}

	@Test
	void aWorkerForWhichTooManyOrdersWaitHasLostItsChannel() {
		assertThatIOException().isThrownBy(() -> {
			for (int i = 0; i < 10_000; i++) {
				this.channel.send(new Message.Drain(i));
			}
		}).withMessage("it does not read what the master sends");
	}

	@Test
	void theNextMasterSendsWhatIsLeft() throws IOException {
		this.socket.room(3);
		this.channel.send(new Message.Drain(1));
		this.channel.send(reply(2));
		WorkerChannel next = new WorkerChannel(this.socket);
		this.socket.room(Integer.MAX_VALUE);
		next.resume(this.channel.unsent());
		assertThat(messages()).containsExactly(new Message.Drain(1), reply(2));
	}

	@Test
	void whatWasReadMeanwhileDoesNotCount() throws IOException {
		for (int i = 0; i < 200; i++) {
			this.socket.room(61_000);
			this.channel.send(reply(i));
		}
		assertThat(messages()).hasSize(200);
	}

	@Test
	void aWorkerThatIsGoneIsReported() {
		this.socket.breakDown();
		assertThatIOException().isThrownBy(() -> this.channel.send(new Message.Stop()))
			.withMessage("write: Broken pipe");
	}

	@Test
	void closingClosesTheSocket() {
		this.channel.close();
		assertThat(this.socket.closed()).isEqualTo(1);
	}

}
