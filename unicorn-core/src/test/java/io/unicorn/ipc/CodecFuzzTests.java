package io.unicorn.ipc;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import io.unicorn.fuzz.Fuzzing;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Mutated frames: those of a control connection in both directions, and those that
 * commands send to the command socket.
 */
@Tag("one-jdk")
class CodecFuzzTests {

	@Test
	void messagesOfWorkers() throws Exception {
		fuzz(SampleMessages.fromWorker(), Message.FromWorker.class);
	}

	@Test
	void messagesOfTheMaster() throws Exception {
		fuzz(SampleMessages.fromMaster(), Message.FromMaster.class);
	}

	@Test
	void questionsOfCommands() throws Exception {
		fuzz(SampleMessages.all().stream().filter(Message.Question.class::isInstance).toList(), Message.Question.class);
	}

	private static <M extends Message> void fuzz(List<? extends Message> messages, Class<M> type) throws Exception {
		List<byte[]> corpus = new ArrayList<>(messages.stream().map(Bytes::of).toList());
		corpus.add(Bytes.of(messages));
		Fuzzing.run(corpus, (input, random) -> {
			List<M> decoded = new ArrayList<>();
			boolean wellFormed = decode(input, type, random, decoded);
			List<M> read = new ArrayList<>();
			assertThat(read(input, type, read)).as("read from a stream").isLessThanOrEqualTo(wellFormed ? 1 : 0);
			assertThat(read).isEqualTo(decoded);
			for (M message : decoded) {
				ByteBuffer frame = MessageCodec.encode(message);
				assertThat(MessageCodec.decode(frame.position(MessageCodec.LENGTH_BYTES), type)).isEqualTo(message);
			}
			return wellFormed && !decoded.isEmpty();
		});
	}

	/** Decode in random pieces, and return whether every frame was well-formed. */
	private static <M extends Message> boolean decode(byte[] input, Class<M> type, Random random, List<M> messages) {
		FrameDecoder<M> decoder = new FrameDecoder<>(type);
		int from = 0;
		try {
			while (from < input.length) {
				int length = 1 + random.nextInt(input.length - from);
				decoder.feed(ByteBuffer.wrap(input, from, length), messages::add);
				from += length;
			}
			return true;
		}
		catch (MalformedFrameException ex) {
			assertThat(ex.getMessage()).doesNotContain("null");
			return false;
		}
	}

	/** Return 1 if every frame was well-formed, and 0 if not. */
	private static <M extends Message> int read(byte[] input, Class<M> type, List<M> messages) throws IOException {
		MessageReader<M> reader = new MessageReader<>(new ByteArrayInputStream(input), type);
		try {
			for (M message = reader.read(); message != null; message = reader.read()) {
				messages.add(message);
			}
			return 1;
		}
		catch (MalformedFrameException ex) {
			return 0;
		}
	}

}
