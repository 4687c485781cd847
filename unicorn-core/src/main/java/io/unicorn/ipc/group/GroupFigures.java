package io.unicorn.ipc.group;

/**
 * What a member has done since it has joined.
 *
 * @param sent messages and requests handed over, counted once per member that gets them
 * @param received messages and requests that have arrived
 * @param dropped messages that were not sent, because the member that was to get them
 * reads too slowly
 * @param failed messages in whose receipt the {@link GroupReceiver} has thrown an
 * exception
 */
public record GroupFigures(long sent, long received, long dropped, long failed) {
}
