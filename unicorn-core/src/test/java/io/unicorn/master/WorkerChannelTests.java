package io.unicorn.master;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.unicorn.ipc.FrameDecoder;
import io.unicorn.ipc.Message;
import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.posix.ControlSocket;
import io.unicorn.posix.PosixException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

class WorkerChannelTests {

	/** A socket whose buffer has room for so much and no more. */
	private static final class NarrowSocket implements ControlSocket {

		private final ByteArrayOutputStream taken = new ByteArrayOutputStream();

		private int room;

		private boolean broken;

		private int closed;

		@Override
		public int fd() {
			return 42;
		}

		@Override
		public void write(ByteBuffer buffer) throws IOException {
			if (this.broken) {
				throw new PosixException("write", 32, "Broken pipe");
			}
			while (buffer.hasRemaining() && this.room > 0) {
				this.taken.write(buffer.get());
				this.room--;
			}
		}

		@Override
		public void close() {
			this.closed++;
		}

		List<Message.FromMaster> messages() throws IOException {
			List<Message.FromMaster> messages = new ArrayList<>();
			new FrameDecoder<>(Message.FromMaster.class).feed(ByteBuffer.wrap(this.taken.toByteArray()), messages::add);
			return messages;
		}

	}

	private final NarrowSocket socket = new NarrowSocket();

	private final WorkerChannel channel = new WorkerChannel(this.socket);

	@Test
	void whatTheKernelTakesIsSentAtOnce() throws IOException {
		this.socket.room = 1000;
		this.channel.send(new Message.Drain(5));
		assertThat(this.socket.messages()).containsExactly(new Message.Drain(5));
	}

	@Test
	void whatASlowReaderLeavesIsSentLaterInOrder() throws IOException {
		this.socket.room = 3;
		List<Message.FromMaster> sent = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			sent.add(new Message.Drain(i));
			this.channel.send(sent.get(i));
		}
		assertThat(this.socket.taken.size()).isEqualTo(3);
		for (int i = 0; i < 1000; i++) {
			this.socket.room = 1;
			this.channel.flush();
		}
		assertThat(this.socket.messages()).isEqualTo(sent);
	}

	@Test
	void aLaterMessageTakesTheEarlierOnesAlong() throws IOException {
		this.channel.send(new Message.Leader(true));
		this.socket.room = 1000;
		this.channel.send(new Message.Leader(false));
		assertThat(this.socket.messages()).containsExactly(new Message.Leader(true), new Message.Leader(false));
	}

	@Test
	void aWorkerThatDoesNotReadForTooLongHasLostItsChannel() throws IOException {
		PoolSnapshot pool = new PoolSnapshot(new PoolSnapshot.MasterInfo(1, Instant.EPOCH, 1, "x".repeat(60_000)), 1, 1,
				List.of(), Map.of(), List.of());
		for (int i = 0; i < 17; i++) {
			this.channel.send(new Message.PoolReply(i, pool));
		}
		assertThatIOException().isThrownBy(() -> this.channel.send(new Message.PoolReply(18, pool)))
			.withMessage("it does not read what the master sends");
	}

	@Test
	void whatWasReadMeanwhileDoesNotCount() throws IOException {
		PoolSnapshot pool = new PoolSnapshot(new PoolSnapshot.MasterInfo(1, Instant.EPOCH, 1, "x".repeat(60_000)), 1, 1,
				List.of(), Map.of(), List.of());
		for (int i = 0; i < 200; i++) {
			this.socket.room = 61_000;
			this.channel.send(new Message.PoolReply(i, pool));
		}
		assertThat(this.socket.messages()).hasSize(200);
	}

	@Test
	void aWorkerThatIsGoneIsReported() {
		this.socket.broken = true;
		assertThatIOException().isThrownBy(() -> this.channel.send(new Message.Stop()))
			.withMessage("write: Broken pipe");
	}

	@Test
	void closingClosesTheSocket() {
		this.channel.close();
		assertThat(this.socket.closed).isEqualTo(1);
	}

}
