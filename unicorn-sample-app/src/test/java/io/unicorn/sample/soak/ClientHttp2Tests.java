package io.unicorn.sample.soak;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import io.unicorn.sample.testsupport.http.ScriptedServer;
import io.unicorn.sample.testsupport.load.Problem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Client}: two streams on one HTTP/2 connection.
 */
@Timeout(30)
class ClientHttp2Tests {

	private static final int FRAME_HEAD = 9;

	/** The length of the head of a request for {@code /} to {@code localhost}. */
	private static final int REQUEST_HEAD = 16;

	private static final int INTERNAL_ERROR = 2;

	private static final int REFUSED_STREAM = 7;

	private static String frame(int type, int flags, int stream, byte[] payload) {
		ByteBuffer frame = ByteBuffer.allocate(FRAME_HEAD + payload.length);
		frame.putShort((short) 0).put((byte) payload.length).put((byte) type).put((byte) flags).putInt(stream);
		return new String(frame.put(payload).array(), StandardCharsets.ISO_8859_1);
	}

	private static String ok(int stream) {
		return frame(1, 4, stream, new byte[] { (byte) 0x88 }) + frame(0, 1, stream, new byte[] { 'o', 'k' });
	}

	private static String reset(int stream, int error) {
		return frame(3, 0, stream, ByteBuffer.allocate(4).putInt(error).array());
	}

	private static String goAway(int last) {
		return frame(7, 0, 0, ByteBuffer.allocate(8).putInt(last).putInt(0).array());
	}

	private static void readBothRequests(ScriptedServer.Peer peer) throws IOException {
		// The preface looks like a request and the end of another.
		peer.readRequest();
		peer.readRequest();
		peer.read(FRAME_HEAD + 2 * (FRAME_HEAD + REQUEST_HEAD));
	}

	@Test
	void bothStreamsMayBeAnsweredInAnyOrder() throws Exception {
		Ledger ledger = streams(goAway(3) + ok(3) + ok(1));
		assertThat(ledger.problems()).isEmpty();
		assertThat(ledger.rightCount()).isEqualTo(ledger.sentCount()).isEven();
	}

	@Test
	void theStatusIsFoundBehindAnUpdateOfTheDynamicTable() throws Exception {
		byte[] head = { 0x3f, (byte) 0xe1, 0x1f, (byte) 0x88 };
		Ledger ledger = streams(goAway(3) + frame(1, 5, 1, head) + ok(3));
		assertThat(ledger.problems()).isEmpty();
		assertThat(ledger.rightCount()).isEqualTo(ledger.sentCount());
	}

	@Test
	void aStreamBehindTheLastOneIsDeferred() throws Exception {
		Ledger ledger = streams(goAway(Integer.MAX_VALUE) + ok(1) + goAway(1));
		assertThat(ledger.problems()).isEmpty();
		assertThat(ledger.deferredCount()).isEqualTo(ledger.rightCount()).isPositive();
	}

	@Test
	void aStreamThatIsRefusedIsDeferred() throws Exception {
		Ledger ledger = streams(goAway(3) + reset(1, REFUSED_STREAM) + ok(3));
		assertThat(ledger.problems()).isEmpty();
		assertThat(ledger.deferredCount()).isEqualTo(ledger.rightCount()).isPositive();
	}

	@Test
	void aStreamThatIsResetForAnotherReasonIsALoss() throws Exception {
		Ledger ledger = streams(ok(1) + reset(3, INTERNAL_ERROR));
		assertThat(ledger.lost()).isEqualTo(ledger.rightCount()).isPositive();
		assertThat(ledger.deferredCount()).isZero();
	}

	@Test
	void anEndThatLeavesStreamsUnansweredLosesThem() throws Exception {
		Ledger ledger = ledger((peer) -> {
			readBothRequests(peer);
			peer.send(goAway(3) + ok(1));
		});
		assertThat(ledger.lost()).isEqualTo(ledger.rightCount()).isPositive();
		assertThat(ledger.deferredCount()).isZero();
	}

	@Test
	void anotherStatusIsWrong() throws Exception {
		Ledger ledger = streams(goAway(3) + frame(1, 5, 1, new byte[] { (byte) 0x8e }) + ok(3));
		assertThat(ledger.problems()).containsExactly(Map.entry(Problem.NOT_200, ledger.rightCount()));
	}

	private static Ledger streams(String answer) throws IOException, InterruptedException {
		return ledger((peer) -> {
			readBothRequests(peer);
			peer.send(answer);
			// Read until the client closes: closing with unread bytes would be a reset.
			peer.read(Integer.MAX_VALUE);
		});
	}

	private static Ledger ledger(ScriptedServer.Script script) throws IOException, InterruptedException {
		return ScriptedSoak.run(Kind.HTTP2, script);
	}

}
