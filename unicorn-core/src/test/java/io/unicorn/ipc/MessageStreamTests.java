package io.unicorn.ipc;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests {@link MessageReader} and {@link MessageWriter} together.
 */
class MessageStreamTests {

	private static final int UNKNOWN_TYPE = 200;

	@Test
	void theReaderReturnsWhatTheWriterHasWritten() throws Exception {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		MessageWriter<Message.FromMaster> writer = new MessageWriter<>(out);
		for (Message.FromMaster message : SampleMessages.fromMaster()) {
			writer.write(message);
		}
		assertThat(readAll(new ByteArrayInputStream(out.toByteArray()), Message.FromMaster.class))
			.isEqualTo(SampleMessages.fromMaster());
	}

	@Test
	void aStreamMayGiveOneByteAtATime() throws Exception {
		InputStream slow = new ByteArrayInputStream(Bytes.of(SampleMessages.fromWorker())) {

			@Override
			public synchronized int read(byte[] bytes, int offset, int length) {
				return super.read(bytes, offset, Math.min(length, 1));
			}

		};
		assertThat(readAll(slow, Message.FromWorker.class)).isEqualTo(SampleMessages.fromWorker());
	}

	@Test
	void theReaderReadsNoByteAfterTheMessage() throws Exception {
		InputStream in = new ByteArrayInputStream(Bytes.join(Bytes.of(new Message.Stop()), new byte[] { 42 }));
		assertThat(new MessageReader<>(in, Message.class).read()).isEqualTo(new Message.Stop());
		assertThat(in.read()).isEqualTo(42);
	}

	@Test
	void framesOfUnknownTypeAreSkipped() throws Exception {
		byte[] stream = Bytes.join(Bytes.frame(UNKNOWN_TYPE, (byte) 1), Bytes.of(new Message.Stop()),
				Bytes.frame(UNKNOWN_TYPE));
		assertThat(readAll(new ByteArrayInputStream(stream), Message.class)).containsExactly(new Message.Stop());
	}

	@Test
	void anEndInsideAFrameIsMalformed() {
		byte[] frame = Bytes.of(new Message.Drain(1));
		for (int length = 1; length < frame.length; length++) {
			MessageReader<Message> reader = reader(Arrays.copyOf(frame, length));
			assertThatExceptionOfType(MalformedFrameException.class).isThrownBy(reader::read)
				.withMessageStartingWith("the stream ended inside a frame, after ");
		}
	}

	@Test
	void aLengthOutOfRangeIsMalformed() {
		assertThatExceptionOfType(MalformedFrameException.class).isThrownBy(reader(new byte[4])::read);
		assertThatExceptionOfType(MalformedFrameException.class)
			.isThrownBy(reader((byte) -1, (byte) 0, (byte) 0, (byte) 0)::read);
	}

	@Test
	void aMessageOfTheWrongDirectionIsMalformed() {
		InputStream in = new ByteArrayInputStream(Bytes.of(new Message.Ready()));
		assertThatExceptionOfType(MalformedFrameException.class)
			.isThrownBy(new MessageReader<>(in, Message.FromMaster.class)::read);
	}

	@Test
	void eachFrameIsOneWriteFollowedByAFlush() throws Exception {
		List<String> calls = new ArrayList<>();
		MessageWriter<Message.FromWorker> writer = new MessageWriter<>(new ByteArrayOutputStream() {

			@Override
			public synchronized void write(byte[] bytes, int offset, int length) {
				calls.add("write " + length);
			}

			@Override
			public void flush() {
				calls.add("flush");
			}

		});
		writer.write(new Message.Ready());
		writer.write(new Message.Drained(0));
		assertThat(calls).containsExactly("write 5", "flush", "write 9", "flush");
	}

	@Test
	void aMessageAboveTheLimitsLeavesTheStreamUntouched() {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		MessageWriter<Message.FromWorker> writer = new MessageWriter<>(out);
		assertThatIllegalArgumentException()
			.isThrownBy(() -> writer.write(MessageCodecTests.helloOfFrameBytes(MessageCodec.MAX_FRAME_BYTES + 1)));
		assertThat(out.size()).isZero();
	}

	@Test
	@Timeout(60)
	void framesOfManyThreadsDoNotMix() throws Exception {
		int threads = 8;
		int messagesEach = 500;
		// The pipe is smaller than a frame, so each write takes several turns.
		PipedInputStream in = new PipedInputStream(64);
		PipedOutputStream out = new PipedOutputStream(in);
		MessageWriter<Message.FromWorker> writer = new MessageWriter<>(out);
		ExecutorService executor = Executors.newFixedThreadPool(threads + 1);
		try {
			Future<List<Message>> received = executor.submit(() -> {
				List<Message> messages = new ArrayList<>();
				MessageReader<Message> reader = new MessageReader<>(in, Message.class);
				while (messages.size() < threads * messagesEach) {
					messages.add(reader.read());
				}
				return messages;
			});
			Set<Message> sent = new HashSet<>();
			List<Future<?>> writers = new ArrayList<>();
			for (int i = 0; i < threads; i++) {
				List<Message.Retire> messages = retirements(i, messagesEach);
				sent.addAll(messages);
				writers.add(executor.submit(() -> {
					for (Message.Retire message : messages) {
						writer.write(message);
					}
					return null;
				}));
			}
			for (Future<?> each : writers) {
				each.get(30, TimeUnit.SECONDS);
			}
			assertThat(received.get(30, TimeUnit.SECONDS)).hasSize(threads * messagesEach)
				.containsExactlyInAnyOrderElementsOf(sent);
		}
		finally {
			executor.shutdownNow();
		}
	}

	private static List<Message.Retire> retirements(int thread, int count) {
		List<Message.Retire> messages = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			messages.add(new Message.Retire(thread + "-" + i, "x".repeat(100)));
		}
		return messages;
	}

	private static MessageReader<Message> reader(byte... bytes) {
		return new MessageReader<>(new ByteArrayInputStream(bytes), Message.class);
	}

	private static <M extends Message> List<M> readAll(InputStream in, Class<M> expected) throws IOException {
		MessageReader<M> reader = new MessageReader<>(in, expected);
		List<M> messages = new ArrayList<>();
		for (M message = reader.read(); message != null; message = reader.read()) {
			messages.add(message);
		}
		return messages;
	}

}
