/* ball_tree.h: a static tree of balls, and what the points that come and go are kept in. Private to this folder. */
#ifndef QRY_RUNTIME_HALFSPACE_BALL_TREE_H
#define QRY_RUNTIME_HALFSPACE_BALL_TREE_H

#include "runtime/halfspace/halfspace.h"

enum { QRY_BALL_LEAF = 16 /* points of a node that is not halved */ };

typedef struct qry_ball_entry {
    const double *point; /* NULL: removed */
    double along;        /* while the tree is built */
    uint32_t id;
} qry_ball_entry;

/** A ball around the points entry[first .. first + count - 1]. Its halves are the nodes after it and at `other`. */
typedef struct qry_ball_node {
    size_t first, count, live;
    uint32_t least; /* no id is below */
    uint32_t other; /* 0: a leaf */
    double radius;  /* |point - centre| is at most this */
    double size;    /* at least |centre| + radius */
} qry_ball_node;

typedef struct qry_ball_tree {
    size_t count, live;
    qry_ball_entry *entry;
    qry_ball_node *node;
    uint32_t node_count;
    qry_matrix centre; /* of a node */
} qry_ball_tree;

/** Takes the entries, which become its own, in an order of its own. */
qry_ball_tree *qry_ball_tree_new(qry_ctx *ctx, size_t width, qry_ball_entry *entries, size_t count);
void qry_ball_tree_free(qry_ctx *ctx, qry_ball_tree *tree);
/** The entry at this place is no longer there. */
void qry_ball_tree_remove(qry_ball_tree *tree, size_t place);

/** A query as the trees need it. */
typedef struct qry_ball_query {
    const double *direction;
    size_t width, end;
    double length; /* at least |direction| */
} qry_ball_query;

qry_ball_query qry_ball_query_of(const double *direction, size_t width, size_t end);
/** No computed score of a point of the node is outside *low .. *high. */
void qry_ball_tree_limits(const qry_ball_tree *tree, uint32_t node, const qry_ball_query *query, double *low,
                          double *high);

struct qry_halfspace {
    qry_ctx *ctx;
    size_t width;
    qry_ball_entry buffer[QRY_BALL_LEAF]; /* points that are in no tree yet, fewer than it has room for */
    size_t buffered;
    qry_ball_tree **level; /* level[l] has at most QRY_BALL_LEAF 2^l points; NULL: none */
    size_t levels, level_room;
    struct place *place; /* of an id */
    size_t place_room;
    size_t stored, live; /* points in trees, with and without those that were removed */
};

#endif
