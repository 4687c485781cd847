package io.unicorn.boot.tomcat;

import java.io.IOException;

import jakarta.servlet.ServletException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.tomcat.util.buf.ByteChunk;
import org.apache.tomcat.util.buf.MessageBytes;

/**
 * Makes an {@link EventStream} of every answer to a browser's {@code EventSource}, or to
 * a client that asks as one does: such a client comes back when its stream ends. A stream
 * of events that answers a POST request is the result of that request; it is not touched,
 * because nobody would ask for the rest. Costs other requests one look for a header and
 * no memory.
 */
final class EventStreamValve extends ValveBase {

	private final EventStreams streams;

	EventStreamValve(EventStreams streams) {
		super(true);
		this.streams = streams;
	}

	@Override
	public void invoke(Request request, Response response) throws IOException, ServletException {
		if (!asksForEvents(request) || request.isAsync()) {
			getNext().invoke(request, response);
			return;
		}
		EventStream stream = new EventStream(this.streams, request, response);
		boolean handedOn = false;
		try {
			response.setResponse(new EventStreamResponse(response.getResponse(), stream));
			getNext().invoke(request, response);
			if (request.isAsyncStarted()) {
				stream.startedAsync();
				request.getAsyncContext().addListener((Completion) (event) -> stream.close());
				handedOn = true;
			}
		}
		finally {
			if (!handedOn) {
				stream.close();
			}
		}
	}

	private static boolean asksForEvents(Request request) {
		MessageBytes accept = request.getCoyoteRequest().getMimeHeaders().getValue("Accept");
		return accept != null && containsEvents(accept) && request.getMethod().equals("GET");
	}

	private static boolean containsEvents(MessageBytes accept) {
		if (accept.getType() == MessageBytes.T_BYTES) {
			ByteChunk bytes = accept.getByteChunk();
			return bytes.indexOf(EventStream.MEDIA_TYPE, 0, EventStream.MEDIA_TYPE.length(), 0) >= 0;
		}
		// HTTP/2 has made a string of it already.
		return accept.toString().contains(EventStream.MEDIA_TYPE);
	}

}
