package io.unicorn.boot.tomcat.sse;

import java.io.IOException;

import jakarta.servlet.ServletException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.tomcat.util.buf.ByteChunk;
import org.apache.tomcat.util.buf.MessageBytes;

/**
 * Makes an {@link EventStream} of every answer to a GET request that accepts server-sent
 * events, as a browser's {@code EventSource} sends it: such a client connects again when
 * its stream ends. A stream of events that answers a POST request is the result of that
 * request; it is not ended, because its client would not request the rest. Costs other
 * requests one look-up of a header and no memory.
 */
public final class EventStreamValve extends ValveBase {

	private final EventStreams streams;

	/**
	 * Create a valve.
	 * @param streams the set that streams are added to
	 */
	public EventStreamValve(EventStreams streams) {
		super(true);
		this.streams = streams;
	}

	@Override
	public void invoke(Request request, Response response) throws IOException, ServletException {
		if (!acceptsEvents(request) || request.isAsync()) {
			getNext().invoke(request, response);
			return;
		}
		EventStream stream = new EventStream(this.streams, request, response);
		boolean asynchronous = false;
		try {
			response.setResponse(new EventStreamResponse(response.getResponse(), stream));
			getNext().invoke(request, response);
			if (request.isAsyncStarted()) {
				stream.startedAsync();
				request.getAsyncContext().addListener((AsyncCompletionListener) (event) -> stream.close());
				asynchronous = true;
			}
		}
		finally {
			if (!asynchronous) {
				stream.close();
			}
		}
	}

	private static boolean acceptsEvents(Request request) {
		MessageBytes accept = request.getCoyoteRequest().getMimeHeaders().getValue("Accept");
		return accept != null && containsEvents(accept) && request.getMethod().equals("GET");
	}

	private static boolean containsEvents(MessageBytes accept) {
		if (accept.getType() == MessageBytes.T_BYTES) {
			ByteChunk bytes = accept.getByteChunk();
			return bytes.indexOf(EventStream.MEDIA_TYPE, 0, EventStream.MEDIA_TYPE.length(), 0) >= 0;
		}
		// HTTP/2 has created a string already.
		return accept.toString().contains(EventStream.MEDIA_TYPE);
	}

}
