package io.unicorn.sample.testsupport.http;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;

import io.unicorn.sample.testsupport.load.Problem;

/**
 * A request that got no complete response.
 */
public class ExchangeException extends IOException {

	private final Problem problem;

	ExchangeException(Problem problem, IOException cause) {
		super(problem + ": " + cause.getMessage(), cause);
		this.problem = problem;
	}

	/**
	 * What went wrong.
	 * @return the problem
	 */
	public Problem problem() {
		return this.problem;
	}

	static ExchangeException whileConnecting(IOException cause) {
		if (cause instanceof SocketTimeoutException) {
			return new ExchangeException(Problem.CONNECT_TIMEOUT, cause);
		}
		String message = String.valueOf(cause.getMessage());
		boolean refused = cause instanceof ConnectException && message.contains("refused");
		return new ExchangeException(refused ? Problem.CONNECT_REFUSED : Problem.CONNECT_FAILED, cause);
	}

	/**
	 * Only an orderly end of a connection has its own exception type. A write into a
	 * closed connection fails with "Broken pipe", a read with "Connection reset"; both
	 * mean that the peer's kernel sent a reset.
	 */
	static ExchangeException whileExchanging(IOException cause, boolean responseBegun) {
		if (cause instanceof SocketTimeoutException) {
			return new ExchangeException(Problem.TIMEOUT, cause);
		}
		if (cause instanceof ProtocolException) {
			return new ExchangeException(Problem.MALFORMED_RESPONSE, cause);
		}
		if (cause instanceof EOFException) {
			return new ExchangeException(responseBegun ? Problem.EOF_MID_RESPONSE : Problem.EOF_BEFORE_RESPONSE, cause);
		}
		return new ExchangeException(responseBegun ? Problem.RESET_MID_RESPONSE : Problem.RESET_BEFORE_RESPONSE, cause);
	}

}
