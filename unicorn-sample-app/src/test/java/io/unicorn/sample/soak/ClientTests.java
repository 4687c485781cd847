package io.unicorn.sample.soak;

import java.io.IOException;
import java.util.Map;

import io.unicorn.sample.testsupport.http.ScriptedServer;
import io.unicorn.sample.testsupport.load.Problem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Client}: pipelined pairs. All else it counts as
 * {@link io.unicorn.sample.testsupport.load.LoadClient} does.
 */
@Timeout(30)
class ClientTests {

	private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

	private static final String LAST = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";

	@Test
	void aPairThatIsAnsweredIsTwoRightAnswers() throws Exception {
		Ledger ledger = pairs((peer) -> {
			while (peer.readRequest()) {
				peer.send(OK);
			}
		});
		assertThat(ledger.problems()).isEmpty();
		assertThat(ledger.rightCount()).isEqualTo(ledger.sentCount()).isEven();
		assertThat(ledger.connectionCount()).isOne();
	}

	@Test
	void aSecondRequestThatIsDeclinedInOrderIsDeferredAndSentAgain() throws Exception {
		Ledger ledger = pairs((peer) -> {
			peer.readRequest();
			peer.send(LAST);
		});
		assertThat(ledger.problems()).isEmpty();
		assertThat(ledger.deferredCount()).isPositive();
		assertThat(ledger.rightCount()).isEqualTo(2 * ledger.deferredCount());
		assertThat(ledger.sentCount()).isEqualTo(3 * ledger.deferredCount());
	}

	@Test
	void aResetInsteadOfTheSecondAnswerIsALoss() throws Exception {
		Ledger ledger = pairs((peer) -> {
			peer.readRequest();
			peer.send(LAST);
			// A reset discards what the client has not read yet.
			Thread.sleep(50);
			peer.reset();
		});
		assertThat(ledger.deferredCount()).isZero();
		assertThat(ledger.problems()).containsExactly(Map.entry(Problem.RESET_BEFORE_RESPONSE, ledger.rightCount()));
	}

	@Test
	void bytesAfterTheLastAnswerAreALoss() throws Exception {
		Ledger ledger = pairs((peer) -> {
			peer.readRequest();
			peer.send(LAST + OK);
		});
		assertThat(ledger.problems()).containsExactly(Map.entry(Problem.MALFORMED_RESPONSE, ledger.rightCount()));
	}

	@Test
	void anEndThatWasNotAnnouncedLosesTheSecond() throws Exception {
		Ledger ledger = pairs((peer) -> {
			peer.readRequest();
			peer.readRequest();
			peer.send(OK);
		});
		assertThat(ledger.problems()).containsExactly(Map.entry(Problem.EOF_BEFORE_RESPONSE, ledger.rightCount()));
	}

	@Test
	void anEndBeforeTheFirstAnswerLosesBoth() throws Exception {
		Ledger ledger = pairs((peer) -> {
			peer.readRequest();
			peer.readRequest();
		});
		assertThat(ledger.lost()).isEqualTo(ledger.sentCount()).isPositive().isEven();
	}

	private static Ledger pairs(ScriptedServer.Script script) throws IOException, InterruptedException {
		return ScriptedSoak.run(Kind.PIPELINED_PAIRS, script);
	}

}
