package io.unicorn.sample.soak;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

import io.unicorn.sample.testsupport.http.Dialer;
import io.unicorn.sample.testsupport.http.ExchangeException;
import io.unicorn.sample.testsupport.http.Http2Connection;
import io.unicorn.sample.testsupport.http.HttpConnection;
import io.unicorn.sample.testsupport.http.Response;
import io.unicorn.sample.testsupport.load.LoadRequest;
import io.unicorn.sample.testsupport.load.Problem;
import io.unicorn.sample.testsupport.load.ProblemLog;
import org.jspecify.annotations.Nullable;

/**
 * Sends the requests of one client at a steady pace; a turn is late only if the previous
 * one took longer. Latencies begin when a turn was due, so that a delayed client does not
 * improve the figures. A failed request is counted and never sent again, with one
 * exception: the second request of a pipelined pair that the server has declined as HTTP
 * specifies (RFC 9112, 9.3.2).
 */
final class Client implements Runnable {

	private static final int STREAMS = 2;

	private final String name;

	private final Kind kind;

	private final Dialer dialer;

	private final List<LoadRequest> requests;

	private final Pace pace;

	private final Progress progress;

	private final ProblemLog problems;

	private final Ledger ledger = new Ledger();

	private int next;

	private volatile @Nullable HttpConnection connection;

	private volatile @Nullable Http2Connection multiplexed;

	private volatile boolean cut;

	/**
	 * Create a client.
	 * @param number distinguishes the clients of a kind; each begins with another request
	 */
	Client(Kind kind, int number, Dialer dialer, List<LoadRequest> requests, Pace pace, Progress progress,
			ProblemLog problems) {
		this.name = kind + ", client " + number;
		this.kind = kind;
		this.dialer = (kind == Kind.SLOW_READER) ? dialer.readingSlowly() : dialer;
		this.requests = requests;
		this.pace = pace;
		this.progress = progress;
		this.problems = problems;
		this.next = number;
	}

	@Override
	public void run() {
		long due = System.nanoTime() + this.pace.first().toNanos();
		while (!this.cut && !this.progress.stopsBefore(due)) {
			Turn turn = new Turn(due, this.progress.phase());
			if (this.kind == Kind.PIPELINED_PAIRS) {
				pair(turn);
			}
			else if (this.kind == Kind.HTTP2) {
				streams(turn, nextRequest());
			}
			else {
				single(turn, nextRequest());
			}
			due = Math.max(due + this.pace.interval().toNanos(), System.nanoTime());
		}
		hangUp();
	}

	private void single(Turn turn, LoadRequest request) {
		HttpConnection current = connected(request);
		if (current == null) {
			return;
		}
		boolean keep = this.kind != Kind.CONNECTION_PER_REQUEST;
		sent(1);
		try {
			Response response = current.exchange(keep ? request.onKeepAlive() : request.onOwnConnection());
			judge(turn, request, response, current);
			if (!keep || response.isLast()) {
				hangUp();
			}
		}
		catch (ExchangeException ex) {
			failed(request, ex, current);
			hangUp();
		}
	}

	private void pair(Turn turn) {
		LoadRequest first = nextRequest();
		LoadRequest second = nextRequest();
		HttpConnection current = connected(first);
		if (current == null) {
			return;
		}
		sent(2);
		Deque<LoadRequest> unanswered = new ArrayDeque<>(List.of(first, second));
		try {
			current.send(both(first.onKeepAlive(), second.onKeepAlive()));
			Response response = current.receive();
			judge(turn, first, response, current);
			unanswered.remove();
			if (response.isLast()) {
				current.awaitEnd();
				this.ledger.deferred();
				hangUp();
				single(turn, second);
				return;
			}
			response = current.receive();
			judge(turn, second, response, current);
			if (response.isLast()) {
				hangUp();
			}
		}
		catch (ExchangeException ex) {
			unanswered.forEach((request) -> failed(request, ex, current));
			hangUp();
		}
	}

	private static byte[] both(byte[] first, byte[] second) {
		byte[] both = new byte[first.length + second.length];
		System.arraycopy(first, 0, both, 0, first.length);
		System.arraycopy(second, 0, both, first.length, second.length);
		return both;
	}

	/** Sends the same request twice, because either may be answered first. */
	private void streams(Turn turn, LoadRequest request) {
		Http2Connection current = multiplexed(request);
		if (current == null) {
			return;
		}
		sent(STREAMS);
		int open = STREAMS;
		try {
			for (int i = 0; i < STREAMS; i++) {
				current.get(request.path());
			}
			while (open > 0) {
				Optional<Response> response = current.receive();
				open--;
				response.ifPresentOrElse((answer) -> judge(turn, request, answer, null), this.ledger::deferred);
			}
			if (current.isEnding()) {
				hangUp();
			}
		}
		catch (ExchangeException ex) {
			for (int i = 0; i < open; i++) {
				failed(request, ex, null);
			}
			hangUp();
		}
	}

	private @Nullable Http2Connection multiplexed(LoadRequest request) {
		Http2Connection current = this.multiplexed;
		if (current == null) {
			try {
				current = this.dialer.dialHttp2();
				this.multiplexed = current;
				this.ledger.connected();
			}
			catch (ExchangeException ex) {
				notConnected(request, ex);
			}
		}
		return current;
	}

	private void notConnected(LoadRequest request, ExchangeException ex) {
		if (ex.problem().isLoss()) {
			sent(1);
		}
		failed(request, ex, null);
	}

	private LoadRequest nextRequest() {
		return this.requests.get(this.next++ % this.requests.size());
	}

	private @Nullable HttpConnection connected(LoadRequest request) {
		HttpConnection current = this.connection;
		if (current == null) {
			try {
				current = this.dialer.dial();
				this.connection = current;
				this.ledger.connected();
			}
			catch (ExchangeException ex) {
				notConnected(request, ex);
			}
		}
		return current;
	}

	private void sent(int requests) {
		this.ledger.sent(requests);
		this.progress.sent(requests);
	}

	private void judge(Turn turn, LoadRequest request, Response response, @Nullable HttpConnection current) {
		if (response.status() == 200 && request.isExpected(response)) {
			this.ledger.right(Phase.of(turn.phase, this.progress.phase()), System.nanoTime() - turn.due);
			return;
		}
		Problem problem = (response.status() == 200) ? Problem.WRONG_BODY : Problem.NOT_200;
		this.ledger.failed(problem);
		report(this.name, request, problem, response.toString(), current);
	}

	private void failed(LoadRequest request, ExchangeException ex, @Nullable HttpConnection current) {
		Problem problem = this.cut ? Problem.UNFINISHED : ex.problem();
		this.ledger.failed(problem);
		report(this.name + " in phase " + this.progress.phase(), request, problem, String.valueOf(ex.getCause()),
				current);
	}

	private void report(String client, LoadRequest request, Problem problem, String what,
			@Nullable HttpConnection current) {
		this.problems.add(client, request, problem, what, (current != null) ? current.answered() : 0,
				(current != null) ? current.sinceLastAnswer() : Duration.ofNanos(-1));
	}

	private void hangUp() {
		close();
		this.connection = null;
		this.multiplexed = null;
	}

	/** End the request in flight; called by another thread. */
	void cut() {
		this.cut = true;
		close();
	}

	private void close() {
		HttpConnection current = this.connection;
		if (current != null) {
			current.close();
		}
		Http2Connection other = this.multiplexed;
		if (other != null) {
			other.close();
		}
	}

	Kind kind() {
		return this.kind;
	}

	/** The counts, complete when the client has ended. */
	Ledger ledger() {
		return this.ledger;
	}

	/**
	 * When a client takes its turns.
	 *
	 * @param first the first one, from the start
	 * @param interval the time from one to the next
	 */
	record Pace(Duration first, Duration interval) {
	}

	private record Turn(long due, Phase phase) {
	}

}
