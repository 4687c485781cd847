package io.unicorn.boot.messaging;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import io.unicorn.boot.PoolMessage;
import io.unicorn.boot.PoolMessaging;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.SimpMessageType;
import org.springframework.messaging.simp.broker.SimpleBrokerMessageHandler;
import org.springframework.messaging.simp.user.DefaultUserDestinationResolver;
import org.springframework.messaging.simp.user.UserDestinationResult;
import org.springframework.messaging.support.AbstractSubscribableChannel;
import org.springframework.messaging.support.ChannelInterceptor;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.messaging.support.NativeMessageHeaderAccessor;
import org.springframework.util.MimeTypeUtils;

/**
 * Lets a message to a destination of the simple STOMP broker reach the subscribers in all
 * workers: what one worker's broker gets, from its clients or from the application, is
 * sent to the brokers of the others. A message to a user is sent before it is resolved to
 * connections, which each worker does for those that it has.
 */
public final class SharedBroker implements ChannelInterceptor {

	private static final Log logger = LogFactory.getLog(SharedBroker.class);

	private static final String TOPIC = "unicorn.stomp";

	/** Marks a message that another worker has sent. */
	private static final String RECEIVED = "unicornReceived";

	private final PoolMessaging messaging;

	private final Collection<String> prefixes;

	private final DefaultUserDestinationResolver users;

	private final MessageChannel broker;

	private SharedBroker(PoolMessaging messaging, Collection<String> prefixes, DefaultUserDestinationResolver users,
			MessageChannel broker) {
		this.messaging = messaging;
		this.prefixes = prefixes;
		this.users = users;
		this.broker = broker;
	}

	/**
	 * Share the messages of a broker from now on.
	 * @param handler the broker
	 * @param users resolves destinations of users
	 * @param inbound messages of clients
	 * @param broker messages of the application
	 */
	public static void share(PoolMessaging messaging, SimpleBrokerMessageHandler handler,
			DefaultUserDestinationResolver users, AbstractSubscribableChannel inbound,
			AbstractSubscribableChannel broker) {
		SharedBroker shared = new SharedBroker(messaging, handler.getDestinationPrefixes(), users, broker);
		messaging.subscribe(TOPIC, (message) -> {
			shared.receive(message);
			return null;
		});
		inbound.addInterceptor(shared);
		broker.addInterceptor(shared);
	}

	/** After the interceptors that may refuse it, such as those of Spring Security. */
	@Override
	public void postSend(Message<?> message, MessageChannel channel, boolean sent) {
		MessageHeaders headers = message.getHeaders();
		String destination = SimpMessageHeaderAccessor.getDestination(headers);
		if (sent && destination != null && isShared(destination) && !headers.containsKey(RECEIVED)
				&& SimpMessageHeaderAccessor.getMessageType(headers) == SimpMessageType.MESSAGE
				&& message.getPayload() instanceof byte[] payload && !isForOwnSession(message, destination)) {
			send(destination, headers, payload);
		}
	}

	private boolean isShared(String destination) {
		return destination.startsWith(this.users.getDestinationPrefix())
				|| this.prefixes.stream().anyMatch(destination::startsWith);
	}

	/** A message to a user is for one session if that is the user's and named in it. */
	private boolean isForOwnSession(Message<?> message, String destination) {
		String session = SimpMessageHeaderAccessor.getSessionId(message.getHeaders());
		if (session == null || !destination.startsWith(this.users.getDestinationPrefix())) {
			return false;
		}
		UserDestinationResult result = this.users.resolveDestination(message);
		return result != null && result.getSessionIds() != null && result.getSessionIds().contains(session);
	}

	private void send(String destination, MessageHeaders headers, byte[] payload) {
		if (isResolved(headers)) {
			return;
		}
		try {
			this.messaging.publishToOthers(TOPIC, encode(destination, headers, payload));
		}
		catch (IOException | IllegalArgumentException ex) {
			logger.warn("A message to " + destination + " does not reach other workers: " + ex.getMessage());
		}
	}

	/** Whether it is for one connection of this worker. */
	private static boolean isResolved(MessageHeaders headers) {
		return nativeHeaders(headers).containsKey(SimpMessageHeaderAccessor.ORIGINAL_DESTINATION);
	}

	@SuppressWarnings("unchecked")
	private static Map<String, List<String>> nativeHeaders(MessageHeaders headers) {
		Object found = headers.get(NativeMessageHeaderAccessor.NATIVE_HEADERS);
		return (found instanceof Map<?, ?> map) ? (Map<String, List<String>>) map : Map.of();
	}

	private static byte[] encode(String destination, MessageHeaders headers, byte[] payload) throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		DataOutputStream out = new DataOutputStream(bytes);
		out.writeUTF(destination);
		Object type = headers.get(MessageHeaders.CONTENT_TYPE);
		out.writeUTF((type != null) ? type.toString() : "");
		Map<String, List<String>> named = nativeHeaders(headers);
		out.writeInt(named.size());
		for (Map.Entry<String, List<String>> header : named.entrySet()) {
			out.writeUTF(header.getKey());
			out.writeInt(header.getValue().size());
			for (String value : header.getValue()) {
				out.writeUTF(value);
			}
		}
		out.write(payload);
		return bytes.toByteArray();
	}

	private void receive(PoolMessage message) {
		DataInputStream in = new DataInputStream(new ByteArrayInputStream(message.payload()));
		try {
			SimpMessageHeaderAccessor headers = SimpMessageHeaderAccessor.create(SimpMessageType.MESSAGE);
			headers.setDestination(in.readUTF());
			String type = in.readUTF();
			if (!type.isEmpty()) {
				headers.setContentType(MimeTypeUtils.parseMimeType(type));
			}
			headers.setHeader(RECEIVED, true);
			int count = in.readInt();
			for (int number = 0; number < count; number++) {
				String name = in.readUTF();
				int values = in.readInt();
				for (int value = 0; value < values; value++) {
					headers.addNativeHeader(name, in.readUTF());
				}
			}
			headers.setLeaveMutable(true);
			this.broker.send(MessageBuilder.createMessage(in.readAllBytes(), headers.getMessageHeaders()));
		}
		catch (IOException ex) {
			logger.warn("A message of worker " + message.sender() + " is ignored: " + ex.getMessage());
		}
	}

}
